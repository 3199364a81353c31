import type { TableOptions } from "../dataset/truth/truth-columns.js";
import type { OpenOptions } from "../frames/open-options.js";
import type { Condition, EvaluationFrame } from "./evaluation-frame.js";

/** A part of the data, as the report describes it. */
export interface ConditionInfo extends Condition {
  frames: number;
  width: number;
  height: number;
  /** In words: where the truth comes from, and which part of it counts. */
  truth: string;
  /**
   * What seems wrong with the table of emitters, and what the reader of the frames decided.
   * Some of it is known only once the frames are read.
   */
  warnings?: readonly string[];
}

/** Frames with their truth, opened. */
export interface EvaluationData {
  conditions: ConditionInfo[];
  /** Reads all frames, in order. @throws as the readers of the files do */
  frames(): AsyncGenerator<EvaluationFrame>;
  close(): Promise<void>;
}

/** How data with truth is read. */
export interface DataOptions extends TableOptions, OpenOptions {
  /**
   * Brightness above which emitters count; left out: the simulation's, else that of training sets.
   */
  threshold?: number | undefined;
  /** Side of a pixel, nm, if the data does not have it or has a wrong one. */
  pixelSize?: number | undefined;
  signal?: AbortSignal | undefined;
}
