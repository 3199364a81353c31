import type { Architecture } from "../model/layers.js";
import type { Model } from "../model/weights.js";

/** What an exported model computes beyond the network. Each format knows some of these options. */
export interface ExportOptions {
  /** The density map (N,H,W,1), or the max local count (N,1). */
  result?: ExportResult;
  /** Side of the square of the max local count, pixels; the model's own where left out. */
  pool?: number;
  /** Step of that square, pixels; 1 where left out. */
  strides?: number;
  /** The number that the result is divided by; 1 where left out. */
  division?: number;
  /** What the network takes: frames as they are, or normalised ones. Raw where left out. */
  input?: ExportInput;
}

export const EXPORT_INPUTS = ["raw", "normalised"] as const;
export type ExportInput = (typeof EXPORT_INPUTS)[number];

export const EXPORT_RESULTS = ["density", "max-count"] as const;
export type ExportResult = (typeof EXPORT_RESULTS)[number];

/**
 * The files of an encoded model, by their path below its folder with "/" between parts.
 * A format of one file has it under "".
 */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

/**
 * A kind of model file, or of a folder that is a model.
 * Each format is one file of this folder. The registry lists them.
 */
export interface ModelFormat {
  /** Short name, as on the command line. */
  id: string;
  /** The name that people read. */
  title: string;
  /** Whether such a model is a file or a folder. */
  layout: "file" | "folder";
  /** File name endings, with the dot; the first is the one to write. None for folders. */
  extensions: readonly string[];
  /**
   * Whether a file that starts with these bytes has this format; undefined where bytes cannot tell.
   */
  recognises?(head: Uint8Array): boolean | undefined;
  /**
   * Whether a folder has this format.
   * @param paths what pathsBelow finds in it, its own entries first
   */
  recognisesFolder?(paths: readonly string[]): boolean;
  /**
   * Whether such a folder holds nothing besides the model, so that an export may replace it.
   * Where left out, {@link recognisesFolder} tells.
   */
  isWholeFolder?(paths: readonly string[]): boolean;
  /** Whether a zip archive with these files has this format. Its own bytes cannot tell. */
  recognisesArchive?(names: readonly string[]): boolean;
  /** @throws ModelFormatError */
  read?(path: string): Promise<Model>;
  /**
   * Whether {@link read} is done in a thread of its own, and may take until a time limit with a
   * damaged file.
   */
  readsApart?: boolean;
  /**
   * The weights of the segmentation half, where a file holds these alone.
   * @returns undefined for any other file
   */
  readHalf?(path: string): Promise<Pick<Model, "architecture" | "weights"> | undefined>;
  /** Whether a network can be written in this format. Where left out, any can. */
  holds?(architecture: Architecture): boolean;
  /** The options that {@link encode} uses. */
  exportOptions: readonly (keyof ExportOptions)[];
  /** The model in this format. */
  encode?(model: Model, options: ExportOptions): Promise<ModelFiles>;
}
