import { Random } from "../base/random.js";
import { brightnessOf } from "../simulate/brightness.js";
import { drawSettings } from "../simulate/drawn-settings.js";
import { peakShareOf, pointSpreadOf } from "../simulate/point-spread.js";
import { settingsOf } from "../simulate/presets.js";
import { countingRule, counts } from "../simulate/rule-of-truth.js";
import { simulate } from "../simulate/simulation.js";
import { MAP_DEFAULTS } from "./add.js";
import { FULL_SCALE } from "./arrays.js";
import { drawDensity, drawSegmentation } from "./density.js";
import { type SimulatedSetPlan, samplesOf } from "./simulated-plan.js";

/** Bound of the seeds of single simulations. */
const MOST_SEED = 2 ** 31;

/** A simulated frame as a training set has it. The next frame overwrites the arrays. */
export interface SetFrame {
  /** The sample in its simulation, and the frame's place in the sample; both from 0. */
  sample: number;
  frame: number;
  /** (H,W) each: values in [0,1]; emitters per pixel; 0 or 1. */
  input: Float64Array;
  density: Float64Array;
  segmentation: Int8Array;
  /** Molecules that count as emitters and whose centre is in the frame. */
  count: number;
}

export interface RunOptions {
  /** Names a stream. Simulations of different streams are independent. */
  stream?: readonly (string | number)[];
  /** Threads that simulate, as for {@link simulate}. */
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Runs one of a plan's simulations, with settings drawn for it.
 * It gives the frames of its samples, in order.
 * @param run number of the simulation; the same plan, stream and run give the same frames
 * @throws InputError INPUT_OPTION for settings that contradict each other; DefconError CANCELLED
 */
export async function* simulatedRun(
  plan: SimulatedSetPlan,
  run: number,
  { stream = [], ...options }: RunOptions = {},
): AsyncGenerator<SetFrame> {
  const { seed, frames, side } = plan;
  const { framesPerSample } = samplesOf(plan);
  const leftOut = frames % framesPerSample;
  const drawn = drawSettings(plan, new Random(seed, ...stream, "run", run));
  const settings = settingsOf(undefined, { ...drawn, frames, width: side, height: side });
  const rule = countingRule(brightnessOf(settings, peakShareOf(pointSpreadOf(settings))).photons);
  const ownSeed = new Random(seed, ...stream, "frames", run).below(MOST_SEED);
  const input = new Float64Array(side * side);
  const density = new Float64Array(side * side);
  const segmentation = new Int8Array(side * side);
  for await (const { index, pixels, truth } of simulate(settings, ownSeed, options)) {
    if (index < leftOut) continue;
    const { x, y, brightness, snr } = truth;
    const counted = [...brightness.keys()].filter((i) => counts(rule, brightness[i]!, snr[i]));
    const places = { x: counted.map((i) => x[i]!), y: counted.map((i) => y[i]!) };
    drawDensity(density, side, places, MAP_DEFAULTS.sigma);
    drawSegmentation(segmentation, density, MAP_DEFAULTS.segThreshold);
    for (let i = 0; i < input.length; i++) input[i] = pixels[i]! / FULL_SCALE.uint16;
    const sample = Math.floor((index - leftOut) / framesPerSample);
    const count = counted.filter((i) => isInside(x[i]!, side) && isInside(y[i]!, side)).length;
    yield { sample, frame: (index - leftOut) % framesPerSample, input, density, segmentation, count };
  }
}

function isInside(place: number, side: number): boolean {
  return place >= 0 && place < side;
}
