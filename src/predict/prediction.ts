import type { ModelOrigin } from "../base/home.js";
import type { Certainty } from "../certainty/certainty.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import type { PixelArray } from "../frames/frame.js";
import type { Preview } from "./preview.js";

/** Consecutive frames of one size: `pixels` is (count, H, W), raw camera units. */
export interface FrameBatch {
  width: number;
  height: number;
  count: number;
  pixels: PixelArray;
  /**
   * For models that see several frames at a time, whose frames follow one another.
   * This many frames at each end are context only and are not counted.
   */
  neighbours?: Neighbours;
  /**
   * The recordings that the counted frames are from, one after the other. Left out for frames that
   * have nothing to do with each other: each is judged by itself.
   */
  parts?: readonly Part[];
}

/** Frames of a batch that follow one another in a recording. */
export interface Part {
  /** A number that no other recording has; undefined where the frames are unrelated. */
  recording: number | undefined;
  /** Place of the first one in the recording. */
  first: number;
  frames: number;
}

/** How many frames around the counted ones are context only. */
export interface Neighbours {
  before: number;
  after: number;
}

/** What is wanted of each frame besides its count. */
export interface Wanted {
  density: boolean;
  maxLocalCount: boolean;
  /** Side of the square of the max local count, pixels. */
  pool: number;
  /** Whether a small version of the map is wanted. */
  preview?: boolean;
  /** Whether it is wanted how far the counts are to be trusted. Not every model knows. */
  certainty?: boolean;
}

export interface Prediction {
  /** Sum of the density map: the number of emitters in the frame. */
  count: number;
  /** Largest sum over a square of pool x pool pixels; 0 when it was not wanted. */
  maxLocalCount: number;
  /** (H,W) emitters per pixel; absent when it was not wanted. */
  density?: Float32Array;
  /** Absent when it was not wanted. */
  preview?: Preview;
  /** Absent when it was not wanted, or the model does not know. */
  certainty?: FrameCertainty;
}

/** A model as it was in a file at a time. Two keys that are equal name the same weights. */
export interface ModelKey {
  path: string;
  /** Of {@link fileVersion}. */
  version: string;
}

/** A model as lists show it. */
export interface ModelSummary {
  name: string;
  path: string;
  origin: ModelOrigin;
  architecture: string;
  parameters: number;
  /** Frames that the model looks at to count one: 1 or 3. */
  framesSeen: number;
  description: string;
  isDefault: boolean;
  /** Side of the model's own square of the max local count, pixels. */
  pool: number;
  /**
   * The range of each numeric setting of the frames that the model was trained on.
   * It is absent where the model does not say how far it is to be trusted.
   */
  trainedOn?: Certainty["trainedOn"];
}
