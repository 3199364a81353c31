import type { PixelArray } from "../frames/frame.js";

/** A frame, its predicted map and its counts. */
export interface SignedFrame {
  /** (H,W), raw camera units. */
  pixels: PixelArray;
  width: number;
  height: number;
  /** (H,W) emitters per pixel. */
  density: Float32Array;
  /** Values of the darkest and of the brightest pixel. */
  least: number;
  most: number;
  count: number;
  maxLocalCount: number;
}
