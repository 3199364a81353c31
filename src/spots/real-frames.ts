import { InputError } from "../base/errors.js";
import { Random } from "../base/random.js";
import type { EvaluatedModel } from "../evaluate/evaluate.js";
import type { Frame } from "../frames/frame.js";
import { openStack } from "../frames/open-stack.js";
import { sum } from "../predict/counts.js";
import { batchOf } from "../predict/frame-batches.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import { findSpots, type Spot } from "./find-spots.js";
import { fogOf } from "./fog.js";
import { noiseGain } from "./gain.js";
import { type Insertion, insert, REPEATS, type Rise, riseOf } from "./insertion.js";
import { typicalMolecule } from "./molecule.js";

/** How well a model does on a real stack. */
export interface RealModelResult {
  /** Share of its maps' sum that is away from any spot. */
  fog: number;
  rise: Rise;
}

/** Frames of one size from one stack. */
export interface RealStack {
  name: string;
  frames: readonly Frame[];
}

const SEED = 992_001;

/**
 * Measures fog and insertion of models on a stack. All models see the same insertions.
 * @param progress called with each model before it is measured
 * @returns results by the model's name
 * @throws InputError INPUT_FORMAT where there is no isolated spot to take a molecule's width and
 * light from
 */
export async function measureReal(
  models: readonly EvaluatedModel[],
  { name: stack, frames }: RealStack,
  progress: (model: string) => void = () => undefined,
): Promise<Map<string, RealModelResult>> {
  const spots = frames.map((frame) => findSpots(frame));
  const repeats = insertions(frames, spots, stack);
  const results = new Map<string, RealModelResult>();
  for (const { model, name } of models) {
    progress(name);
    const before = await mapsOf(model, frames);
    const rises: number[] = [];
    for (const repeat of repeats) {
      const after = await mapsOf(
        model,
        repeat.map(({ frame }) => frame),
      );
      for (const [i, { molecules }] of repeat.entries()) {
        if (molecules > 0) rises.push((sum(after[i]!) - sum(before[i]!)) / molecules);
      }
    }
    results.set(name, { fog: fogOf(before, frames[0]!.width, spots), rise: riseOf(rises) });
  }
  return results;
}

/** Every frame of a stack with inserted molecules, {@link REPEATS} times. */
function insertions(frames: readonly Frame[], spots: readonly Spot[][], name: string): Insertion[][] {
  const molecule = typicalMolecule(frames);
  if (!molecule) {
    throw new InputError("INPUT_FORMAT", {
      subject: name,
      expected: "frames with isolated spots, to take a molecule's width and light from",
      found: "none",
      advice: "Take a part of the recording where molecules lie apart.",
    });
  }
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

/** A model's maps of frames of one size. */
export async function mapsOf(model: LoadedModel, frames: readonly Frame[]): Promise<Float32Array[]> {
  const predictions = await model.predict(batchOf(frames), { density: true, maxLocalCount: false, pool: 1 });
  return predictions.map(({ density }) => density!);
}
