import type { Blur } from "../../frames/blur.js";
import { isPeak } from "../../spots/find-spots.js";

/** A peak in a frame without background. */
export interface SpotPeak {
  /** Pixels from the middle of the first pixel. */
  x: number;
  y: number;
  /** Light over its noise, under a filter of the spot's own form. */
  significance: number;
}

/** A frame without background, blurred by the width of a molecule. */
export interface FilteredFrame {
  width: number;
  height: number;
  /** Counts (H,W). */
  blurred: Float32Array;
  /** Standard deviation of noise before the blur, counts (H,W). */
  deviation: Float32Array;
  blur: Blur;
}

/** Peaks of at least a significance, row by row from the top. */
export function peaksOf(frame: FilteredFrame, least: number): SpotPeak[] {
  const { width, height, blurred, deviation, blur } = frame;
  const scale = 1 / Math.sqrt(blur.squares);
  const peaks: SpotPeak[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const significance = (scale * blurred[at]!) / deviation[at]!;
      if (significance < least || !isPeak(blurred, width, height, x, y)) continue;
      peaks.push({
        x: x + vertex(blurred[at - 1]!, blurred[at]!, blurred[at + 1]!),
        y: y + vertex(blurred[at - width]!, blurred[at]!, blurred[at + width]!),
        significance,
      });
    }
  }
  return peaks;
}

/** Position of the maximum of the parabola through three values at -1, 0 and 1. */
function vertex(before: number, middle: number, after: number): number {
  const curvature = before - 2 * middle + after;
  return curvature < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * curvature))) : 0;
}
