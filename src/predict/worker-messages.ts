import type { Certainty } from "../certainty/certainty.js";
import type { EngineName } from "../engine/engine.js";
import type { Model } from "../model/weights.js";
import type { FrameBatch, Prediction, Wanted } from "./prediction.js";

/** What the worker is started with. */
export interface WorkerStart {
  engine: EngineName;
}

/** What the predictor asks of its worker. The path of its file names a model. */
export type WorkerRequest =
  | { kind: "start" }
  | { kind: "describe"; path: string }
  | { kind: "load"; path: string }
  | { kind: "model"; path: string }
  | { kind: "predict"; path: string; batch: FrameBatch; wanted: Wanted; spare?: ArrayBuffer | undefined };

/** Answers, by the kind of their request. */
export interface WorkerAnswers {
  start: { engine: string; device: string; reason: string };
  describe: ModelDescription;
  load: ModelDescription;
  model: Model;
  /** `spent` is the batch's pixel buffer, to be used again. */
  predict: { predictions: Prediction[]; spent: ArrayBuffer };
}

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
