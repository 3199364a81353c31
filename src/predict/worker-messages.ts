import type { Certainty } from "../certainty/certainty.js";
import type { EngineChoice } from "../engine/engine.js";
import type { Model } from "../model/weights.js";
import type { FrameBatch, ModelKey, Prediction, Wanted } from "./prediction.js";

/** What the worker is started with. */
export type WorkerStart = EngineChoice;

/** What the predictor asks of its worker. */
export type WorkerRequest =
  | { kind: "start" }
  | { kind: "describe"; path: string }
  | { kind: "load"; path: string }
  | { kind: "adopt"; key: ModelKey; model: Model }
  | { kind: "release"; key: ModelKey }
  | { kind: "model"; key: ModelKey }
  | { kind: "begin"; job: number; key: ModelKey; batch: FrameBatch; wanted: Wanted }
  | { kind: "continue"; job: number }
  | { kind: "abandon"; job: number }
  | { kind: "predict"; key: ModelKey; batch: FrameBatch; wanted: Wanted; spare?: ArrayBuffer | undefined };

/** Answers, by the kind of their request. */
export interface WorkerAnswers {
  start: { engine: string; device: string; reason: string; callsAtOnce: number };
  describe: ModelDescription;
  load: { key: ModelKey; description: ModelDescription };
  /** What another thread read is held here. */
  adopt: ModelDescription;
  release: Record<string, never>;
  model: Model;
  /** The answers to the frames of a job, once its last tile is counted. */
  begin: JobStep;
  continue: JobStep;
  abandon: Record<string, never>;
  /** `spent` is the batch's pixel buffer, to be used again. */
  predict: { predictions: Prediction[]; spent: ArrayBuffer };
}

/** How far a job has come: at its end it has what `predict` answers. */
export type JobStep = { done: false } | ({ done: true } & { predictions: Prediction[]; spent: ArrayBuffer });

export interface ModelDescription {
  architecture: string;
  parameters: number;
  framesSeen: number;
  description: string;
  pool: number;
  /**
   * The range of each numeric setting of the frames that the model was trained on.
   * It is absent where the model does not say how far it is to be trusted.
   */
  trainedOn?: Certainty["trainedOn"];
}

export type WorkerAnswer = WorkerAnswers[keyof WorkerAnswers];
