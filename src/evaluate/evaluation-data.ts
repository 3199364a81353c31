import type { TruthFormatName } from "../dataset/truth-formats.js";
import type { Condition, EvaluationFrame } from "./evaluation-frame.js";

/** A part of the data, as a reader of the report must know it. */
export interface ConditionInfo extends Condition {
  frames: number;
  width: number;
  height: number;
  /** Where the truth comes from, and what of it counts, in words. */
  truth: string;
}

/** Frames with their truth, opened. */
export interface EvaluationData {
  conditions: ConditionInfo[];
  /** Reads all frames, in order. @throws as the readers of the files do */
  frames(): AsyncGenerator<EvaluationFrame>;
  close(): Promise<void>;
}

export interface DataOptions {
  /** Brightness above which emitters count; left out: the simulation's own, else that of training sets. */
  threshold?: number;
  /** Side of a pixel, nm, where the data does not say it, or say it otherwise. */
  pixelSize?: number;
  /** Undefined: told by the columns. */
  truthFormat?: TruthFormatName;
  signal?: AbortSignal;
}
