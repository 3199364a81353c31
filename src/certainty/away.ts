import type { Ground } from "./ground.js";
import type { MapPeaks, Peak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";

/** Deviations by which the middle of a spot stands out from its surroundings. */
const STANDS_OUT = 4;
/** Distance of the surroundings from the middle, pixels, and the directions in which they are looked at. */
const AROUND = 5;
const DIRECTIONS = [
  ...([-AROUND, 0, AROUND] as const).flatMap((x) => [-AROUND, AROUND].map((y) => [x, y] as const)),
  ...[-AROUND, AROUND].map((x) => [x, 0] as const),
];
/** A spot's light is in its block of pixels and the eight around it; side of a block, pixels. */
const BLOCK = 4;

/**
 * The share of a count that lies away from any spot: what the map holds in blocks of pixels that are not at or beside that of a peak which stands out in the frame.
 * A quick estimate of the fog of docs/accuracy.md.
 */
export function awayShare(frame: SignedFrame, { peaks }: MapPeaks, ground: Ground): number {
  const { count, width, height, density } = frame;
  if (!(count > 0)) return 0;
  const [across, down] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
  const near = new Uint8Array(across * down);
  let sum = 0;
  for (const peak of peaks) {
    if (!standsOut(frame, peak, ground)) continue;
    const [column, row] = [Math.floor(peak.x / BLOCK), Math.floor(peak.y / BLOCK)];
    for (let y = Math.max(0, row - 1); y <= Math.min(down - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(across - 1, column + 1); x++) {
        if (near[y * across + x]) continue;
        near[y * across + x] = 1;
        sum += blockSum(density, width, height, x * BLOCK, y * BLOCK);
      }
    }
  }
  return Math.max(0, Math.min(1, 1 - sum / count));
}

function blockSum(density: Float32Array, width: number, height: number, left: number, top: number): number {
  const [right, bottom] = [Math.min(width, left + BLOCK), Math.min(height, top + BLOCK)];
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) sum += density[i]!;
  }
  return sum;
}

function standsOut({ pixels, width, height }: SignedFrame, { x, y }: Peak, { noise }: Ground): boolean {
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
