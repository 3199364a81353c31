import type { Pauses } from "./pauses.js";
import type { RunFrames } from "./run-frames.js";

/** Frames of a run that the first estimate uses. */
const SAMPLED = 31;
/** Quantile of the first estimate: low, since a pixel may see a molecule in many frames. */
const QUANTILE = 0.3;
/** Distance of that quantile below the middle of a normal distribution, standard deviations. */
const QUANTILE_SHIFT = 0.5244;
/** Rows between two pauses: some milliseconds of work. */
const ROWS = 16;

/** The constant light of each pixel in a run, counts (H,W), and how far each frame is above it. */
export interface RunBackground {
  pixels: Float32Array;
  frames: Float64Array;
}

/**
 * Estimates the background of a run from a low quantile over time of each pixel.
 * @param deviation standard deviation of each pixel's noise, counts (H,W)
 */
export async function firstBackground(
  run: RunFrames,
  deviation: Float32Array,
  pauses: Pauses,
): Promise<RunBackground> {
  const { width, height, frames, values } = run;
  const area = width * height;
  const count = Math.min(SAMPLED, frames);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * frames) / count) * area);
  const place = QUANTILE * (count - 1);
  const [low, part] = [Math.floor(place), place % 1];
  const sorted = new Float32Array(count);
  const pixels = new Float32Array(area);
  for (let i = 0; i < area; i++) {
    for (let j = 0; j < count; j++) insertSorted(sorted, j, values[chosen[j]! + i]!);
    const quantile = (1 - part) * sorted[low]! + part * sorted[Math.min(count - 1, low + 1)]!;
    pixels[i] = quantile + QUANTILE_SHIFT * deviation[i]!;
    if ((i + 1) % (ROWS * width) === 0) await pauses.pause();
  }
  return { pixels, frames: new Float64Array(frames) };
}

/** Inserts a value into the first `length` entries of an array, which are sorted. */
function insertSorted(sorted: Float32Array, length: number, value: number): void {
  let at = length;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}

/** Subtracts the background from a frame. @param target (H,W), overwritten */
export function subtractBackground(
  run: RunFrames,
  frame: number,
  background: RunBackground,
  target: Float32Array,
): void {
  const start = frame * target.length;
  const above = background.frames[frame]!;
  for (let i = 0; i < target.length; i++) {
    target[i] = run.values[start + i]! - background.pixels[i]! - above;
  }
}
