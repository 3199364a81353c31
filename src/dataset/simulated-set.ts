import { readFile } from "node:fs/promises";
import { InputError, messageOf, notReadable } from "../base/errors.js";
import { Random } from "../base/random.js";
import { WINDOW } from "../model/layers.js";
import { brightnessOf } from "../simulate/brightness.js";
import { checkedVariety, drawSettings, type Variety } from "../simulate/drawn-settings.js";
import { peakShareOf, pointSpreadOf } from "../simulate/point-spread.js";
import { settingsOf } from "../simulate/presets.js";
import { type FrameTruth, simulate } from "../simulate/simulation.js";
import { MAP_DEFAULTS } from "./add.js";
import { type ArrayWriter, DatasetWriter } from "./dataset-writer.js";
import { drawDensity, drawSegmentation } from "./density.js";
import { FULL_SCALE } from "./frame-source.js";
import { GROUPS, type GroupName } from "./layout.js";
import { LEAST_SIDE, SIDE_STEP } from "./samples.js";
import { stepByStep, type WorkOptions } from "./work.js";

/** A training set of many short simulations, each of settings of its own. */
export interface SimulatedSetPlan extends Variety {
  /** The same plan gives the same set. */
  seed: number;
  /** How many simulations. */
  runs: number;
  /** Frames of each. */
  frames: number;
  /** Of the frames, pixels. */
  side: number;
  /** Samples are three consecutive frames; the first of a simulation that are too few for one are left out. */
  temporal?: boolean;
}

/** A seed of a simulation. */
const MOST_SEED = 2 ** 31;

const WHOLE_NUMBERS: Record<"seed" | "runs" | "frames" | "side", { least: number; step: number }> = {
  seed: { least: 0, step: 1 },
  runs: { least: 1, step: 1 },
  frames: { least: 1, step: 1 },
  side: { least: LEAST_SIDE, step: SIDE_STEP },
};

/** Reads a plan. @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT */
export async function readSimulatedSetPlan(path: string): Promise<SimulatedSetPlan> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw notReadable(path, "the plan of a simulated training set (JSON)", cause);
  });
  const value = parsed(path, text);
  const variety = checkedVariety(value, path);
  const numbers = value as Record<string, unknown>;
  for (const [name, { least, step }] of Object.entries(WHOLE_NUMBERS)) {
    const number = numbers[name];
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= least && number % step === 0)
      continue;
    const kind = step === 1 ? "whole number" : `multiple of ${step}`;
    throw planError(path, name, `a ${kind} of at least ${least}`, number);
  }
  const { seed, runs, frames, side, temporal = false } = value as SimulatedSetPlan;
  if (typeof temporal !== "boolean") throw planError(path, "temporal", "true or false", temporal);
  if (temporal && frames < WINDOW) {
    throw planError(path, "frames", `at least ${WINDOW} in a temporal set`, frames);
  }
  return { ...variety, seed, runs, frames, side, temporal };
}

function planError(path: string, name: string, expected: string, found: unknown): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: `${path}, ${name}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
  });
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "the plan of a simulated training set (JSON)",
      found: messageOf(cause),
      cause,
    });
  }
}

/**
 * Simulates a training set, its samples in random order, so that a batch holds frames of many simulations. An existing file is replaced, whole or not at all.
 * @param options a step is a simulation
 * @returns how many samples
 * @throws InputError INPUT_OPTION for settings that do not go together, OUTPUT_WRITE; DefconError CANCELLED
 */
export async function writeSimulatedSet(
  path: string,
  plan: SimulatedSetPlan,
  options: WorkOptions = {},
): Promise<number> {
  const { seed, runs, frames, side } = plan;
  const framesPerSample = plan.temporal ? WINDOW : 1;
  const samplesOfRun = Math.floor(frames / framesPerSample);
  const leftOut = frames % framesPerSample;
  const samples = runs * samplesOfRun;
  const order = new Random(seed, "order").permutation(samples);
  const writer = await DatasetWriter.create(path);
  try {
    const shape = { framesPerSample, height: side, width: side } as const;
    const arrays = Object.fromEntries(
      GROUPS.map((group) => [group, writer.addArray(group, group, samples, shape)]),
    ) as Record<GroupName, ArrayWriter>;
    const put = sampleWriter(arrays, side, framesPerSample);
    await stepByStep(runs, options, async (run) => {
      const drawn = drawSettings(plan, new Random(seed, "run", run));
      const settings = settingsOf(undefined, { ...drawn, frames, width: side, height: side });
      const { threshold } = brightnessOf(settings, peakShareOf(pointSpreadOf(settings)));
      const ownSeed = new Random(seed, "frames", run).below(MOST_SEED);
      const { signal } = options;
      for await (const { index, pixels, truth } of simulate(settings, ownSeed, signal && { signal })) {
        if (index < leftOut) continue;
        const [sample, frame] = [
          Math.floor((index - leftOut) / framesPerSample),
          (index - leftOut) % framesPerSample,
        ];
        put(order[run * samplesOfRun + sample]!, frame, pixels, truth, threshold);
      }
    });
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return samples;
}

/** Puts a frame into a sample, frame after frame; the last one completes it. */
type PutFrame = (
  sample: number,
  frame: number,
  pixels: Uint16Array,
  truth: FrameTruth,
  threshold: number,
) => void;

function sampleWriter(
  arrays: Record<GroupName, ArrayWriter>,
  side: number,
  framesPerSample: number,
): PutFrame {
  const size = side * side;
  const inputs = new Float64Array(framesPerSample * size);
  const densities = new Float64Array(framesPerSample * size);
  const segmentations = new Int8Array(framesPerSample * size);
  return (sample, frame, pixels, { x, y, brightness }, threshold) => {
    const [from, to] = [frame * size, (frame + 1) * size];
    const input = inputs.subarray(from, to);
    const density = densities.subarray(from, to);
    const segmentation = segmentations.subarray(from, to);
    const bright = [...brightness.keys()].filter((i) => brightness[i]! > threshold);
    const places = { x: bright.map((i) => x[i]!), y: bright.map((i) => y[i]!) };
    drawDensity(density, side, places, MAP_DEFAULTS.sigma);
    drawSegmentation(segmentation, density, MAP_DEFAULTS.segThreshold);
    for (let i = 0; i < input.length; i++) input[i] = pixels[i]! / FULL_SCALE.uint16;
    if (frame < framesPerSample - 1) return;
    arrays.input.write(sample, inputs);
    arrays.target.write(sample, densities);
    arrays.seg_map.write(sample, segmentations);
  };
}
