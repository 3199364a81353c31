import { Random } from "../base/random.js";
import { brightnessOf } from "../simulate/brightness.js";
import { drawSettings } from "../simulate/drawn-settings.js";
import { peakShareOf, pointSpreadOf } from "../simulate/point-spread.js";
import { settingsOf } from "../simulate/presets.js";
import { countingRule, counts } from "../simulate/rule-of-truth.js";
import { simulate } from "../simulate/simulation.js";
import { MAP_DEFAULTS } from "./add.js";
import { drawDensity, drawSegmentation } from "./density.js";
import { FULL_SCALE } from "./frame-source.js";
import { type SimulatedSetPlan, samplesOf } from "./simulated-plan.js";

/** A seed of a simulation. */
const MOST_SEED = 2 ** 31;

/** A simulated frame as a training set has it; the arrays are written over by the next one. */
export interface SetFrame {
  /** Of its simulation, and the frame's place in it; both from 0. */
  sample: number;
  frame: number;
  /** (H,W) each: in [0,1], emitters a pixel, 0 or 1. */
  input: Float64Array;
  density: Float64Array;
  segmentation: Int8Array;
  /** Molecules that count and whose centre lies in the frame. */
  count: number;
}

export interface RunOptions {
  /** Simulations of different streams have nothing in common. */
  stream?: readonly (string | number)[];
  /** Threads that draw; as {@link simulate} has it. */
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Simulates one of a plan's simulations, with settings drawn for it, and gives the frames of its samples in order.
 * @param run which one; the same plan, stream and run give the same frames
 * @throws InputError INPUT_OPTION for settings that do not go together; DefconError CANCELLED
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
