import { basename, extname } from "node:path";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { optionText } from "../base/option-text.js";
import { SampleReader } from "../dataset/training-set.js";
import { tableOptions } from "../dataset/truth/truth-columns.js";
import { openOptions } from "../frames/open-options.js";
import { sum } from "../predict/counts.js";
import type { DataOptions, EvaluationData } from "./evaluation-data.js";
import type { Condition, EvaluationFrame } from "./evaluation-frame.js";

/** Samples read at a time. */
const SAMPLES_AT_ONCE = 16;

/**
 * Opens a training set. Its maps are the truth, and the sum of a map is the true count.
 * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION; DatasetError DATASET_FORMAT
 */
export async function openSet(path: string, options: DataOptions): Promise<EvaluationData> {
  refuseOptions(path, options);
  const set = await SampleReader.open(path);
  const { samples, width, height, framesPerSample } = set.info;
  const { pixelSize } = options;
  const condition: Condition = {
    name: basename(path, extname(path)),
    ...(pixelSize !== undefined && { pixelSize }),
  };
  return {
    conditions: [
      {
        ...condition,
        frames: samples * framesPerSample,
        width,
        height,
        truth: "sums of the set's density maps",
      },
    ],
    frames: () => framesOf(set, condition),
    close: async () => set.close(),
  };
}

async function* framesOf(set: SampleReader, condition: Condition): AsyncGenerator<EvaluationFrame> {
  const { samples, width, height, framesPerSample } = set.info;
  const size = width * height;
  for (let first = 0; first < samples; first += SAMPLES_AT_ONCE) {
    const count = Math.min(SAMPLES_AT_ONCE, samples - first);
    const { input, target } = set.read(first, count, ["input", "target"]);
    for (let i = 0; i < count * framesPerSample; i++) {
      const part = (values: Float32Array) => values.subarray(i * size, (i + 1) * size);
      const density = part(target);
      yield {
        condition,
        number: first * framesPerSample + i + 1,
        // Samples are in any order, but the frames of one sample follow one another.
        ...(framesPerSample > 1 && { sequence: first + Math.floor(i / framesPerSample) }),
        image: { width, height, pixels: part(input) },
        truth: { count: sum(density), density },
      };
    }
  }
}

/** @throws InputError INPUT_OPTION for options that only apply to stacks and their tables */
function refuseOptions(path: string, { threshold, ...options }: DataOptions): void {
  const { pixelSize: _, ...table } = tableOptions(options);
  const [first] = Object.keys(given({ threshold, ...table, ...openOptions(options) }));
  if (first === undefined) return;
  throw new InputError("INPUT_OPTION", {
    subject: optionText(first),
    expected: "a folder with a stack and the table of its emitters, to which it applies",
    found: `the training set ${path}`,
    advice: "Leave it out: a training set holds its frames and maps already.",
  });
}
