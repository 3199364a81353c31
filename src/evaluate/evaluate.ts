import { throwIfCancelled, untilCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { DEFAULTS } from "../base/limits.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import { findBadFrame, mayBeFrames } from "../predict/bad-frame.js";
import { countsOf } from "../predict/counts.js";
import { batchSeen, type ItemBatch, type ItemRules, inBatches } from "../predict/frame-batches.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import type { Prediction, Wanted } from "../predict/prediction.js";
import type { Condition, EvaluationFrame } from "./evaluation-frame.js";
import { type MapDifference, mapDifference, type Pair } from "./measures.js";
import { type WorstFrame, WorstFrames } from "./worst-frames.js";

/** A model that is compared with others. */
export interface EvaluatedModel {
  model: LoadedModel;
  /** Name in tables and plots; each model has another one. */
  name: string;
}

/** A model's counts of a frame, and the truth. */
export interface FrameRecord {
  model: string;
  condition: Condition;
  /** From 1, within its condition. */
  frame: number;
  /** Pixels of the frame. */
  pixels: number;
  count: Pair;
  maxLocalCount: Pair;
  /** Sum of the true map. It differs from the true count by the density of emitters at the edge. */
  trueMapSum: number;
  map: MapDifference;
  /** Signal and background as in the frame's truth. */
  signal: number | undefined;
  background: number | undefined;
  /** How far the counts are to be trusted; absent for a model that cannot tell. */
  certainty?: FrameCertainty;
}

/** The result of an evaluation. */
export interface Evaluation {
  /** Names, in the order given. */
  models: string[];
  /** A record for each frame and model, with frames in the order of the source. */
  records: FrameRecord[];
  /** Frames of each model with the largest errors of the count, the largest first. */
  worst: Map<string, WorstFrame[]>;
  /** Side of the square of the max local counts, pixels. */
  pool: number;
}

export interface EvaluateOptions {
  /** Side of the square of the max local count, pixels, for all models. */
  pool?: number;
  /** Frames of each model that are kept for a closer look. */
  worst?: number;
  signal?: AbortSignal;
  /** Called for each frame once all models have counted it. */
  onFrame?(): void;
}

/** Frames of each model that are kept where nothing is said. */
export const WORST_FRAMES = 4;

/**
 * Counts frames with models and compares the counts with the truth.
 * All models see the same frames. The next frames are read while the engine works.
 * @param source frames; consecutive ones of one size share calls of the engine
 * @throws InputError, EngineError, naming condition and frame; DefconError CANCELLED; what the
 * source throws
 */
export async function evaluate(
  models: readonly EvaluatedModel[],
  source: AsyncIterable<EvaluationFrame>,
  { pool = DEFAULTS.pool, worst = WORST_FRAMES, signal, onFrame }: EvaluateOptions = {},
): Promise<Evaluation> {
  const wanted: Wanted = { density: true, maxLocalCount: true, pool, certainty: true };
  const records: FrameRecord[] = [];
  const worstFrames = models.map(({ name }) => ({ name, frames: new WorstFrames(worst) }));
  const finish = async ({ frames, predictions }: UnderWay) => {
    const byModel = await untilCancelled(Promise.all(predictions), signal);
    for (const [i, frame] of frames.entries()) {
      const truth = trueCounts(frame, pool);
      for (const [m, { name, frames: kept }] of worstFrames.entries()) {
        const prediction = byModel[m]![i]!;
        records.push(recordOf(name, frame, truth, prediction));
        kept.offer(frame, prediction);
      }
      onFrame?.();
    }
    for (const [m, each] of byModel.entries()) {
      models[m]!.model.giveBack(each[0]!.density!.buffer as ArrayBuffer);
    }
  };
  let before: UnderWay | undefined;
  try {
    for await (const batch of inBatches(source, RULES)) {
      throwIfCancelled(signal);
      const next = start(models, batch, wanted);
      const done = before;
      before = next;
      if (done) await finish(done);
    }
    if (before) await finish(before);
  } finally {
    if (!signal?.aborted) await Promise.allSettled(before?.predictions ?? []);
  }
  return {
    models: models.map(({ name }) => name),
    records,
    worst: new Map(worstFrames.map(({ name, frames }) => [name, frames.sorted()])),
    pool,
  };
}

/** Frames follow one another within a sequence, if the data tells sequences apart. */
const RULES: ItemRules<EvaluationFrame> = {
  frameOf: ({ image }) => image,
  follows: (first, second) => first.sequence === second.sequence,
};

/** A batch that the predictor is counting, with each model's answer to come. */
interface UnderWay {
  frames: readonly EvaluationFrame[];
  predictions: Promise<Prediction[]>[];
}

function start(
  models: readonly EvaluatedModel[],
  batch: ItemBatch<EvaluationFrame>,
  wanted: Wanted,
): UnderWay {
  const { items: frames } = batch;
  const predictions = models.map(({ model, name }) => {
    const { framesSeen } = model;
    if (framesSeen > 1 && frames[0]!.sequence === undefined) throw notInOrder(name, frames[0]!);
    const seen = batchSeen(batch, RULES.frameOf, framesSeen);
    const answer = model.predict(seen, wanted).catch(async (error: unknown) => {
      const all = [...batch.before, ...frames, ...batch.after];
      if (mayBeFrames(error)) {
        await findBadFrame(model, all.map(RULES.frameOf), wanted, (i) => placeOf(all[i]!));
      }
      throw error;
    });
    // It may fail while an earlier one is awaited; its error is thrown when it is awaited itself.
    answer.catch(() => undefined);
    return answer;
  });
  return { frames, predictions };
}

function placeOf({ condition, number }: EvaluationFrame): string {
  return `${condition.name}, frame ${number}`;
}

function notInOrder(model: string, { condition }: EvaluationFrame): InputError {
  return new InputError("INPUT_OPTION", {
    subject: `model ${model}`,
    expected: "frames in the order of time, since it sees three at a time",
    found: `${condition.name}, a training set of single frames in any order`,
    advice: "Evaluate it on a stack with the table of its emitters, or on a temporal set.",
  });
}

interface TrueCounts {
  maxLocalCount: number;
  mapSum: number;
}

function trueCounts({ image: { width, height }, truth }: EvaluationFrame, pool: number): TrueCounts {
  const { count, maxLocalCount } = countsOf(truth.density, width, height, pool);
  return { maxLocalCount, mapSum: count };
}

function recordOf(
  model: string,
  { condition, number, image, truth }: EvaluationFrame,
  { maxLocalCount, mapSum }: TrueCounts,
  prediction: Prediction,
): FrameRecord {
  return {
    model,
    condition,
    frame: number,
    pixels: image.width * image.height,
    count: { truth: truth.count, predicted: prediction.count },
    maxLocalCount: { truth: maxLocalCount, predicted: prediction.maxLocalCount },
    trueMapSum: mapSum,
    map: mapDifference(truth.density, prediction.density!),
    signal: truth.signal,
    background: truth.background,
    ...(prediction.certainty && { certainty: prediction.certainty }),
  };
}
