import type { ModelOrigin } from "../base/home.js";
import type { Certainty } from "../certainty/certainty.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import type { PixelArray } from "../frames/frame.js";
import type { Preview } from "./preview.js";

/** Frames of one size, one after the other: `pixels` is (count, H, W), raw camera units. */
export interface FrameBatch {
  width: number;
  height: number;
  count: number;
  pixels: PixelArray;
  /** For models that see several frames at a time: all frames of the batch follow one another, and so many at its ends are there to be seen alone. */
  neighbours?: Neighbours;
}

/** Frames around those that are counted. */
export interface Neighbours {
  before: number;
  after: number;
}

/** What to make of each frame besides its count. */
export interface Wanted {
  density: boolean;
  maxLocalCount: boolean;
  /** Side of the square window of the max local count, pixels. */
  pool: number;
  /** Also the map in small. */
  preview?: boolean;
  /** Also how far the counts are to be trusted, where the model knows. */
  certainty?: boolean;
}

export interface Prediction {
  /** Sum of the density map: the number of emitters in the frame. */
  count: number;
  /** Largest sum over a pool x pool window; 0 when it was not wanted. */
  maxLocalCount: number;
  /** (H,W) emitters per pixel; absent when it was not wanted. */
  density?: Float32Array;
  /** Absent when it was not wanted. */
  preview?: Preview;
  /** Absent when it was not wanted, or the model does not know. */
  certainty?: FrameCertainty;
}

/** A model as it is listed and chosen. */
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
  /** The model's own window of the max local count, pixels. */
  pool: number;
  /** Between what values the settings of its training's frames lay; absent where the model does not say how far it is to be trusted. */
  trainedOn?: Certainty["trainedOn"];
}
