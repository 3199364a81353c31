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

/** Usual frames that a calibration draws: after a training, by itself, and at least. */
export const CALIBRATION_FRAMES = { afterTraining: 800, byItself: 7_000, least: 100 } as const;

export interface CalibrateOptions {
  /** Number of frames like those of the training. */
  frames: number;
  signal?: AbortSignal;
  /** Called with the share of frames that are counted. */
  onProgress?(share: number): void;
}

/**
 * Measures how far a model's counts are to be trusted.
 * It counts frames drawn by a plan, and others unlike them.
 * @param plan path of the plan; the model is taken to be trained on frames like the plan's
 * @param start certainty to start from, such as that of the model this one was trained from
 * @returns undefined for a network that sees several frames at a time, since each simulation has
 * too few
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
