import { readFile } from "node:fs/promises";
import { InputError, messageOf, notReadable } from "../base/errors.js";
import { Random } from "../base/random.js";
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
    throw new InputError("INPUT_FORMAT", {
      subject: `${path}, ${name}`,
      expected: `a ${step === 1 ? "whole number" : `multiple of ${step}`} of at least ${least}`,
      found: JSON.stringify(number) ?? "nothing",
    });
  }
  const { seed, runs, frames, side } = value as SimulatedSetPlan;
  return { ...variety, seed, runs, frames, side };
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
 * Simulates a training set, its frames in random order, so that a batch holds frames of many simulations. An existing file is replaced, whole or not at all.
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
  const samples = runs * frames;
  const order = new Random(seed, "order").permutation(samples);
  const writer = await DatasetWriter.create(path);
  try {
    const shape = { framesPerSample: 1, height: side, width: side } as const;
    const arrays = Object.fromEntries(
      GROUPS.map((group) => [group, writer.addArray(group, group, samples, shape)]),
    ) as Record<GroupName, ArrayWriter>;
    const put = sampleWriter(arrays, side);
    await stepByStep(runs, options, async (run) => {
      const drawn = drawSettings(plan, new Random(seed, "run", run));
      const settings = settingsOf(undefined, { ...drawn, frames, width: side, height: side });
      const { threshold } = brightnessOf(settings, peakShareOf(pointSpreadOf(settings)));
      const ownSeed = new Random(seed, "frames", run).below(MOST_SEED);
      const { signal } = options;
      for await (const { index, pixels, truth } of simulate(settings, ownSeed, signal && { signal })) {
        put(order[run * frames + index]!, pixels, truth, threshold);
      }
    });
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return samples;
}

type PutSample = (index: number, pixels: Uint16Array, truth: FrameTruth, threshold: number) => void;

function sampleWriter(arrays: Record<GroupName, ArrayWriter>, side: number): PutSample {
  const input = new Float64Array(side * side);
  const density = new Float64Array(side * side);
  const segmentation = new Int8Array(side * side);
  return (index, pixels, { x, y, brightness }, threshold) => {
    const bright = [...brightness.keys()].filter((i) => brightness[i]! > threshold);
    const places = { x: bright.map((i) => x[i]!), y: bright.map((i) => y[i]!) };
    drawDensity(density, side, places, MAP_DEFAULTS.sigma);
    drawSegmentation(segmentation, density, MAP_DEFAULTS.segThreshold);
    for (let i = 0; i < input.length; i++) input[i] = pixels[i]! / FULL_SCALE.uint16;
    arrays.input.write(index, input);
    arrays.target.write(index, density);
    arrays.seg_map.write(index, segmentation);
  };
}
