import { type Band, bandsOf } from "./bands.js";
import type { SignedFrame } from "./signed-frame.js";

/** A pixel where a map is higher than its neighbours. */
export interface MapPeak {
  x: number;
  y: number;
  /** Value of the map at the peak. */
  height: number;
  /** Sum of the map within 3 columns and rows. */
  mass: number;
}

/** The peaks and sums of a map, in the rows that are used. */
export interface MapPeaks {
  bands: readonly Band[];
  /** Peaks, roughly row by row. */
  peaks: MapPeak[];
  /** Sum of the squares of molecules' pixels; an isolated molecule gives 1 / 4π. */
  squares: number;
  /** Sum of pixels too low to be part of a molecule, and sum of all pixels. */
  faint: number;
  sum: number;
}

/** Values below this are no part of a molecule, whose highest value is 0.16. */
const FAINT = 0.02;
const MASS_REACH = 3;

/**
 * Finds a map's peaks, roughly row by row.
 * It looks at one of four pixels, and at the other three only where that one is part of a molecule:
 * a peak that matters always has such a pixel beside it.
 */
export function mapPeaks({ density, width, height }: SignedFrame): MapPeaks {
  const bands = bandsOf(width, height);
  const peaks: MapPeak[] = [];
  let [squares, clear, faint] = [0, 0, 0];
  for (const [from, to] of bands) {
    for (let top = from; top < to; top += 2) {
      const bottom = Math.min(top + 2, height);
      for (let left = 0, i = top * width; left < width; left += 2, i += 2) {
        const first = density[i]!;
        if (first < FAINT) {
          faint += first;
          continue;
        }
        const right = Math.min(left + 2, width);
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const at = y * width + x;
            const value = density[at]!;
            squares += value * value;
            clear += value;
            if (isHighest(density, width, height, x, y, at)) peaks.push({ x, y, height: value, mass: 0 });
          }
        }
      }
    }
  }
  for (const peak of peaks) peak.mass = sumAround(density, width, height, peak);
  // One of four faint pixels was added.
  return { bands, peaks, squares, faint: 4 * faint, sum: clear + 4 * faint };
}

/** Whether no neighbour is higher; among equal pixels, the last one is the peak. */
function isHighest(
  density: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  i: number,
): boolean {
  const value = density[i]!;
  const [left, right] = [x > 0 ? 1 : 0, x < width - 1 ? 1 : 0];
  // Tested first, since most pixels are lower than one of these.
  if (density[i + right]! > value || density[i - left]! > value) return false;
  if (right === 1 && density[i + 1] === value) return false;
  const above = y > 0 ? i - width : i;
  const below = y < height - 1 ? i + width : i;
  if (density[above]! > value || density[above - left]! > value || density[above + right]! > value)
    return false;
  if (below === i) return true;
  return density[below]! < value && density[below - left]! < value && density[below + right]! < value;
}

function sumAround(density: Float32Array, width: number, height: number, { x, y }: MapPeak): number {
  const [left, right] = [Math.max(0, x - MASS_REACH), Math.min(width - 1, x + MASS_REACH)];
  const [top, bottom] = [Math.max(0, y - MASS_REACH), Math.min(height - 1, y + MASS_REACH)];
  let sum = 0;
  for (let row = top; row <= bottom; row++) {
    for (let i = row * width + left; i <= row * width + right; i++) sum += density[i]!;
  }
  return sum;
}
