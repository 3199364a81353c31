import { Random } from "../../src/base/random.js";
import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import { type Frame, PIXEL_TYPES, pixelTypeOf } from "../../src/frames/frame.js";
import { openStack } from "../../src/frames/stack-reader.js";
import { sum } from "../../src/predict/counts.js";
import type { Predictor } from "../../src/predict/predictor.js";
import { findSpots, type Spot } from "../../src/spots/find-spots.js";
import { fogOf } from "../../src/spots/fog.js";
import { noiseGain } from "../../src/spots/gain.js";
import { type Insertion, insert, REPEATS, type Rise, riseOf } from "../../src/spots/insertion.js";
import { typicalMolecule } from "../../src/spots/molecule.js";
import type { Progress } from "./progress.js";
import { stackName } from "./stacks.js";

/** How a model does on a real stack. */
export interface RealModelResult {
  /** Share of its maps' sum away from any spot. */
  fog: number;
  rise: Rise;
}

/** A real stack, as each model counts it. */
export interface RealResult {
  name: string;
  /** By the model's name. */
  models: ReadonlyMap<string, RealModelResult>;
}

const SEED = 992_001;

/** Measures fog and insertion on each stack; all models see the same insertions. */
export async function measureReal(
  predictor: Predictor,
  models: readonly EvaluatedModel[],
  paths: readonly string[],
  progress: Progress,
): Promise<RealResult[]> {
  const results: RealResult[] = [];
  for (const path of paths) {
    const frames = await readFrames(path);
    const spots = frames.map((frame) => findSpots(frame));
    const repeats = insertions(frames, spots, stackName(path));
    const own = new Map<string, RealModelResult>();
    for (const { key, name } of models) {
      progress(`${stackName(path)}: ${name}`);
      const before = await mapsOf(predictor, key, frames);
      const rises: number[] = [];
      for (const repeat of repeats) {
        const after = await mapsOf(
          predictor,
          key,
          repeat.map(({ frame }) => frame),
        );
        for (const [i, { molecules }] of repeat.entries()) {
          if (molecules > 0) rises.push((sum(after[i]!) - sum(before[i]!)) / molecules);
        }
      }
      own.set(name, { fog: fogOf(before, frames[0]!.width, spots), rise: riseOf(rises) });
    }
    results.push({ name: stackName(path), models: own });
  }
  return results;
}

/** Every frame of a stack with molecules more, {@link REPEATS} times. */
function insertions(frames: readonly Frame[], spots: readonly Spot[][], name: string): Insertion[][] {
  const molecule = typicalMolecule(frames);
  if (!molecule) throw new Error(`${name}: no isolated spots to take a molecule's width and light from`);
  const gain = noiseGain(frames);
  return Array.from({ length: REPEATS }, (_, repeat) =>
    frames.map((frame, i) => insert(frame, spots[i]!, molecule, gain, new Random(SEED, name, repeat, i))),
  );
}

/** All frames of a stack. */
export async function readFrames(path: string): Promise<Frame[]> {
  const stack = await openStack(path);
  try {
    const frames: Frame[] = [];
    for await (const frame of stack.frames()) frames.push(frame);
    return frames;
  } finally {
    await stack.close();
  }
}

/** The maps that a model makes of frames of one size. */
export async function mapsOf(
  predictor: Predictor,
  key: string,
  frames: readonly Frame[],
): Promise<Float32Array[]> {
  const { width, height, pixels: first } = frames[0]!;
  const pixels = new PIXEL_TYPES[pixelTypeOf(first)].array(frames.length * width * height);
  for (const [i, frame] of frames.entries()) pixels.set(frame.pixels, i * width * height);
  const batch = { width, height, count: frames.length, pixels };
  const predictions = await predictor.predict(key, batch, { density: true, maxLocalCount: false, pool: 1 });
  return predictions.map(({ density }) => density!);
}
