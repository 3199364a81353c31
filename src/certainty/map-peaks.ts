import { type Band, bandsOf } from "./bands.js";
import type { SignedFrame } from "./signed-frame.js";

/** A place where a map is highest among its neighbours. */
export interface MapPeak {
  x: number;
  y: number;
  /** Of the map there. */
  height: number;
  /** Sum of the map within 3 columns and rows. */
  mass: number;
}

/** A map by its peaks, in the rows that are looked at. */
export interface MapPeaks {
  bands: readonly Band[];
  /** In the order of their rows, about. */
  peaks: MapPeak[];
  /** Sum of the squares of what is part of molecules; one that stands alone gives 1 / 4π. */
  squares: number;
  /** Sum of what is too low to be part of a molecule, and of all. */
  faint: number;
  sum: number;
}

/** A map below this is no part of a molecule, whose highest value is 0.16. */
const FAINT = 0.02;
const MASS_REACH = 3;

/**
 * Finds a map's peaks, about row by row. Of four pixels one is looked at, and the other three only where it is part of a molecule: a peak that matters is never without one beside it.
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
  // One of four pixels was looked at.
  return { bands, peaks, squares, faint: 4 * faint, sum: clear + 4 * faint };
}

/** Whether none of the eight neighbours is higher; of equal ones the last is the peak. */
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
  // Most pixels are lower than one beside them.
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
