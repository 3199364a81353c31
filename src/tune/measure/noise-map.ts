import { median } from "../../base/quantiles.js";
import type { Pauses } from "./pauses.js";
import type { RunFrames } from "./run-frames.js";

/** Side of the squares in which noise is taken to be the same, pixels. */
const TILE = 32;
/** Differences that are used in each square. */
const SAMPLES = 2_000;
/** Standard deviation of normal values over the median absolute difference of two of them. */
const DEVIATION_PER_MEDIAN = 1.4826 / Math.SQRT2;

/**
 * The standard deviation of noise around each pixel, counts (H,W).
 * It is taken from the median absolute difference of consecutive frames in squares of 32×32 pixels,
 * which few molecules affect.
 */
export async function noiseMap(run: RunFrames, pauses: Pauses): Promise<Float32Array> {
  const { width, height } = run;
  const map = new Float32Array(width * height);
  for (let top = 0; top < height; top += TILE) {
    for (let left = 0; left < width; left += TILE) {
      const [right, bottom] = [Math.min(width, left + TILE), Math.min(height, top + TILE)];
      const deviation = tileDeviation(run, left, top, right, bottom);
      for (let y = top; y < bottom; y++) map.fill(deviation, y * width + left, y * width + right);
    }
    await pauses.pause();
  }
  return map;
}

function tileDeviation(
  { width, height, frames, values }: RunFrames,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  const area = width * height;
  const pixels = (right - left) * (bottom - top);
  const all = pixels * (frames - 1);
  const count = Math.min(SAMPLES, all);
  const differences = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(((i + 0.5) * all) / count);
    const [frame, pixel] = [Math.floor(at / pixels), at % pixels];
    const x = left + (pixel % (right - left));
    const y = top + Math.floor(pixel / (right - left));
    const place = frame * area + y * width + x;
    differences[i] = Math.abs(values[place + area]! - values[place]!);
  }
  // Identical frames have no noise; the result must not be 0, since it is divided by.
  return Math.max(1e-3, DEVIATION_PER_MEDIAN * median(differences));
}
