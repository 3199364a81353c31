import type { Certainty } from "../certainty/certainty.js";
import { frameSigns } from "../certainty/frame-signs.js";
import { readSimulatedSetPlan } from "../dataset/simulated-plan.js";
import type { Engine } from "../engine/engine.js";
import { framesSeen } from "../model/layers.js";
import type { Model } from "../model/weights.js";
import { predictBatch } from "../predict/path.js";
import { pixelRange, Scratch } from "../predict/prepare.js";
import { rangesOf } from "../simulate/drawn-settings.js";
import { calibrationFrames } from "./calibration-frames.js";
import { type LearntFrame, learnCertainty } from "./learn-certainty.js";

/** Frames like the training's that a calibration draws: after a training, and where nothing is said. */
export const CALIBRATION_FRAMES = { afterTraining: 800, byItself: 7_000, least: 100 } as const;

export interface CalibrateOptions {
  /** How many frames like the training's. */
  frames: number;
  signal?: AbortSignal;
  /** Called with the share of the frames that were counted. */
  onProgress?(share: number): void;
}

/**
 * Measures how far a model's counts are to be trusted, on frames drawn by a plan and on such that are unlike them.
 * @param plan path of the plan; what its frames are like is what the model is taken to be trained on
 * @param start what is learnt begins with this one's network, as that of a model that this one was trained from
 * @returns undefined for a network that sees several frames at a time: frames of a simulation are too few for it
 * @throws InputError, EngineError; DefconError CANCELLED
 */
export async function calibrate(
  engine: Engine,
  model: Model,
  plan: string,
  { frames, signal, onProgress }: CalibrateOptions,
  start?: Certainty,
): Promise<Certainty | undefined> {
  const { architecture, pool } = model;
  if (framesSeen(architecture) > 1) return undefined;
  const read = await readSimulatedSetPlan(plan);
  const network = await engine.prepare(model);
  const learnt: LearntFrame[] = [];
  const scratch = new Scratch();
  try {
    const wanted = { density: true, maxLocalCount: true, pool };
    const drawn = calibrationFrames(read, { frames, pool, ...(signal && { signal }) });
    for await (const { kind, image, truth, share } of drawn) {
      const batch = { ...image, count: 1 };
      const predictions = await predictBatch({ network, architecture, pool }, batch, wanted, { scratch });
      const { count, maxLocalCount, density } = predictions[0]!;
      const { values } = frameSigns({
        ...image,
        ...pixelRange(image.pixels),
        density: density!,
        count,
        maxLocalCount,
      });
      learnt.push({
        kind,
        signs: values,
        count,
        maxLocalCount,
        countError: Math.abs(count - truth.count),
        maxLocalCountError: Math.abs(maxLocalCount - truth.maxLocalCount),
      });
      onProgress?.(share);
    }
  } finally {
    await network.dispose();
  }
  return learnCertainty(
    learnt,
    { trainedOn: rangesOf(read), seed: read.seed, ...(signal && { signal }) },
    start,
  );
}
