import type { Ground } from "./ground.js";
import type { MapPeak, MapPeaks } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";

/** Deviations by which the middle of a spot stands out from its surroundings. */
const STANDS_OUT = 4;
/** Distance of a spot's surroundings from its middle, pixels, and their directions. */
const AROUND = 5;
const DIRECTIONS = [
  ...([-AROUND, 0, AROUND] as const).flatMap((x) => [-AROUND, AROUND].map((y) => [x, y] as const)),
  ...[-AROUND, AROUND].map((x) => [x, 0] as const),
];
/** Side of a block, pixels. A spot's light is in its own block and the eight around it. */
const BLOCK = 4;

/**
 * The share of a count that is away from any spot: a quick estimate of the fog of docs/accuracy.md.
 * It is the share of the map in blocks that are neither at nor beside a peak that stands out in the
 * frame.
 */
export function awayShare(frame: SignedFrame, { bands, peaks }: MapPeaks, ground: Ground): number {
  const { width, height, density } = frame;
  const [across, down] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
  const near = new Uint8Array(across * down);
  let [away, all] = [0, 0];
  for (const peak of peaks) {
    if (standsOut(frame, peak, ground)) markAround(near, across, down, peak);
  }
  for (const [from, to] of bands) {
    for (let top = from; top < to; top += BLOCK) {
      for (let left = 0, at = (top / BLOCK) * across; left < width; left += BLOCK, at++) {
        const sum = blockSum(density, width, Math.min(height, to), left, top);
        all += sum;
        if (!near[at]) away += sum;
      }
    }
  }
  return all > 0 ? Math.max(0, Math.min(1, away / all)) : 0;
}

function markAround(near: Uint8Array, across: number, down: number, { x, y }: MapPeak): void {
  const [column, row] = [Math.floor(x / BLOCK), Math.floor(y / BLOCK)];
  const [left, right] = [Math.max(0, column - 1), Math.min(across - 1, column + 1)];
  for (let each = Math.max(0, row - 1); each <= Math.min(down - 1, row + 1); each++) {
    near.fill(1, each * across + left, each * across + right + 1);
  }
}

/** Sum of every fourth pixel of a block: enough, since a molecule's map is four pixels wide. */
function blockSum(density: Float32Array, width: number, height: number, left: number, top: number): number {
  const [right, bottom] = [Math.min(width, left + BLOCK), Math.min(height, top + BLOCK)];
  let sum = 0;
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) sum += density[y * width + x]!;
  }
  return sum;
}

function standsOut({ pixels, width, height }: SignedFrame, { x, y }: MapPeak, { noise }: Ground): boolean {
  let [middle, inside, around, outside] = [0, 0, 0, 0];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      middle += pixels[row * width + column]!;
      inside++;
    }
  }
  for (const [dx, dy] of DIRECTIONS) {
    const [column, row] = [x + dx, y + dy];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    around += pixels[row * width + column]!;
    outside++;
  }
  // A frame as small as a spot has no surroundings.
  if (outside === 0) return true;
  return middle / inside - around / outside > STANDS_OUT * noise * Math.sqrt(1 / inside + 1 / outside);
}
