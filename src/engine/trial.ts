import { conv, deconv, head } from "../model/layer-rows.js";
import type { Architecture } from "../model/layers.js";
import { elementCount, type Model, type Weight, weightSpecs } from "../model/weights.js";
import type { Engine } from "./engine.js";

/**
 * Taps of every 3x3 kernel, along either side. They are asymmetric, so that a wrong order shows.
 */
const TAPS = [1, 2, 3];
const SIDE = 8;

/**
 * The smallest network with all that the real ones have.
 * It has strides, transposed convolutions, biases, both activations, and enough channels for fast
 * layouts.
 */
const TRIAL: Architecture = {
  name: "trial",
  description: "a network whose map is known",
  sideMultiple: 2,
  layers: [
    { kind: "normalise", name: "hist_norm" },
    conv("first", 16),
    conv("halved", 16, 2),
    deconv("doubled", 8),
    head("last", "density", "sigmoid"),
  ],
};

const BIASES: Readonly<Record<string, number>> = { "doubled/bias": -1024 };
const LAST_SCALE = 1 / 4096;

/** (N,H,W): each row has one value, from 1/8 at the top to 1 at the bottom. */
export const TRIAL_FRAME: Float32Array = Float32Array.from(
  { length: SIDE * SIDE },
  (_, i) => (1 + Math.floor(i / SIDE)) / SIDE,
);
export const TRIAL_SHAPE = [1, SIDE, SIDE] as const;

/**
 * The trial network's effect on a row 1 1 1 1 1 1 1 1 and a column 1 2 3 4 5 6 7 8, by hand.
 * With the taps 1 2 3: for the row, the convolution gives 5 6 6 6 6 6 6 3, the one of stride 2 then
 * 35 36 36 12, the transposed one the values here. For the column: 8 14 20 26 32 38 44 23, then 96
 * 168 240 90.
 */
const ROW = [35, 70, 141, 72, 144, 72, 120, 24];
const COLUMN = [96, 192, 456, 336, 744, 480, 810, 180];

/**
 * The trial network's map of the trial frame.
 * All kernels and the frame are products of a row and a column, and so is the sum up to the last
 * bias.
 */
export const TRIAL_MAP: readonly number[] = COLUMN.flatMap((y) =>
  ROW.map((x) => {
    const sum = (x * y) / SIDE + BIASES["doubled/bias"]!;
    return 1 / (1 + Math.exp(-Math.max(0, sum) * LAST_SCALE));
  }),
);

/**
 * Largest error. Graphics cards may round factors to 11 bits (TF32), which is 5e-4 of a factor.
 * A real fault causes far larger errors.
 */
export const TOLERANCE = 1e-3;

/**
 * The trial network. Each channel carries the same map.
 * A kernel divides its taps among the channels that it sums.
 */
export function trialModel(): Model {
  const weights = weightSpecs(TRIAL).map(({ name, shape }) => [name, weight(name, shape)] as const);
  return { architecture: TRIAL, weights: new Map(weights), provenance: {}, pool: 1 };
}

function weight(name: string, shape: readonly number[]): Weight {
  const data = new Float32Array(elementCount(shape));
  if (name.endsWith("/bias")) return { shape, data: data.fill(BIASES[name] ?? 0) };
  const [kernel = 1, , third = 1, fourth = 1] = shape;
  if (kernel === 1) return { shape, data: data.fill(LAST_SCALE / third) };
  const inputs = name.startsWith("doubled/") ? fourth : third;
  const each = third * fourth;
  const values = data.map((_, i) => {
    const place = Math.floor(i / each);
    return (TAPS[Math.floor(place / kernel)]! * TAPS[place % kernel]!) / inputs;
  });
  return { shape, data: values };
}

/** How an engine did with the trial network. */
export interface Trial {
  /** Largest difference from the known map; NaN where a value is no number. */
  error: number;
  isRight: boolean;
  /** The second run, ms. The first one also loads and plans. */
  ms: number;
}

/** Runs the trial network twice. @throws EngineError ENGINE_FAILED */
export async function runTrial(engine: Pick<Engine, "prepare">): Promise<Trial> {
  const network = await engine.prepare(trialModel());
  await network.predict(TRIAL_FRAME.slice(), TRIAL_SHAPE);
  const warm = performance.now();
  const map = await network.predict(TRIAL_FRAME.slice(), TRIAL_SHAPE);
  const ms = performance.now() - warm;
  await network.dispose();
  const error = Math.max(...TRIAL_MAP.map((expected, i) => Math.abs((map[i] ?? Number.NaN) - expected)));
  return { error, isRight: error <= TOLERANCE, ms };
}
