import { type Certainty, judgeSigns } from "../certainty/certainty.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import { frameSigns } from "../certainty/frame-signs.js";
import { type Counts, countsOf } from "./counts.js";
import type { FrameBatch } from "./prediction.js";

/** Least side of a frame, pixels. Smaller ones are too small to tell noise from molecules. */
const LEAST_SIDE = 16;

/** Whether a frame is large enough to tell how far its counts are to be trusted. */
export function isLargeEnough({ width, height }: { width: number; height: number }): boolean {
  return Math.min(width, height) >= LEAST_SIDE;
}

/**
 * How far the counts of a frame are to be trusted; undefined for a frame that is too small to tell.
 * @param i the frame's place in the batch
 * @param density its map
 * @param counted its counts, and its darkest and brightest pixel
 * @param pools the square of its max local count, and the square that was learnt with
 */
export function certaintyOf(
  certainty: Certainty,
  batch: FrameBatch,
  i: number,
  density: Float32Array,
  counted: Counts & { least: number; most: number },
  pools: { wanted: number; learnt: number },
): FrameCertainty | undefined {
  if (!isLargeEnough(batch)) return undefined;
  const { width, height, pixels } = batch;
  const frame = pixels.subarray(i * width * height, (i + 1) * width * height);
  const counts = pools.wanted === pools.learnt ? counted : countsOf(density, width, height, pools.learnt);
  const { values, away } = frameSigns({ pixels: frame, width, height, density, ...counted, ...counts });
  const { maxLocalCountError, ...judged } = judgeSigns(certainty, values, counts);
  return { ...judged, ...(counts === counted && { maxLocalCountError }), away };
}
