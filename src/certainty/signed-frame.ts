import type { PixelArray } from "../frames/frame.js";

/** A frame, the map that a network made of it, and its counts. */
export interface SignedFrame {
  /** (H,W), raw camera units. */
  pixels: PixelArray;
  width: number;
  height: number;
  /** (H,W) emitters a pixel. */
  density: Float32Array;
  /** Of the darkest and of the brightest pixel. */
  least: number;
  most: number;
  count: number;
  maxLocalCount: number;
}
