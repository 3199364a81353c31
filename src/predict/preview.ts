import { LIMITS } from "../base/limits.js";

/** A small version of a density map. */
export interface Preview {
  width: number;
  height: number;
  /** (H,W) means over blocks of the map: emitters per pixel of the frame. */
  pixels: Float32Array;
  /** The largest of the means, at least 0. */
  high: number;
}

/**
 * Shrinks a map to the means of square blocks.
 * Blocks are just large enough to keep within LIMITS.previewSide. Those at the right and lower edge
 * are means over the part inside the map.
 * @param density (height, width), row by row
 */
export function previewOf(density: Float32Array, width: number, height: number): Preview {
  const side = Math.ceil(Math.max(width, height) / LIMITS.previewSide);
  const small = { width: Math.ceil(width / side), height: Math.ceil(height / side) };
  const pixels = new Float32Array(small.width * small.height);
  for (let y = 0; y < height; y++) {
    let block = Math.floor(y / side) * small.width;
    for (let x = 0; x < width; block++) {
      let sum = 0;
      for (const end = Math.min(width, x + side); x < end; x++) sum += density[y * width + x]!;
      pixels[block]! += sum;
    }
  }
  let high = 0;
  for (let y = 0; y < small.height; y++) {
    const blockHeight = Math.min(side, height - y * side);
    for (let x = 0; x < small.width; x++) {
      const i = y * small.width + x;
      pixels[i]! /= blockHeight * Math.min(side, width - x * side);
      high = Math.max(high, pixels[i]!);
    }
  }
  return { ...small, pixels, high };
}
