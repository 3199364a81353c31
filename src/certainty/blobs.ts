import { quantile } from "../base/quantiles.js";
import type { Ground } from "./ground.js";
import type { MapPeak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";

/** Spots in the middle of a frame that are wider than one in focus. */
export interface Blobs {
  /** Blobs that stand out, per thousand pixels. */
  density: number;
  /** Median height of blobs above their surroundings, in deviations of a block's noise. */
  prominence: number;
  /** Share of blobs where the map has no peak. */
  uncounted: number;
}

/** Side of the blocks that pixels are combined in, and most blocks along each axis. */
const [BLOCK, BLOCKS] = [4, 24];
/** Distance of a blob's surroundings, in blocks. */
const AROUND = 3;
const STANDS_OUT = 6;
/** Farthest peak of the map that still belongs to a blob, in blocks. */
const SAME = 1;

const blocks = new Float64Array(BLOCKS * BLOCKS);
const counted = new Uint8Array(BLOCKS * BLOCKS);

/** Finds wide spots in the middle of a frame. */
export function blobsOf(frame: SignedFrame, peaks: readonly MapPeak[], { noise }: Ground): Blobs {
  const across = Math.min(BLOCKS, Math.floor(frame.width / BLOCK));
  const down = Math.min(BLOCKS, Math.floor(frame.height / BLOCK));
  const [left, top] = [
    Math.floor((frame.width - across * BLOCK) / 2),
    Math.floor((frame.height - down * BLOCK) / 2),
  ];
  sumBlocks(frame, left, top, across, down);
  markPeaks(peaks, left, top, across, down);
  const deviation = noise / BLOCK;
  const prominences: number[] = [];
  let uncounted = 0;
  for (let y = 1; y < down - 1; y++) {
    for (let x = 1; x < across - 1; x++) {
      const at = y * across + x;
      if (!isHighestBlock(at, across)) continue;
      const prominence = (blocks[at]! - surroundings(x, y, across, down)) / deviation;
      if (!(prominence > STANDS_OUT)) continue;
      prominences.push(prominence);
      if (!hasPeak(x, y, across, down)) uncounted++;
    }
  }
  prominences.sort((a, b) => a - b);
  const found = prominences.length;
  return {
    density: (1000 * found) / Math.max(1, across * down * BLOCK * BLOCK),
    prominence: found > 0 ? quantile(prominences, 0.5, Math.ceil) : STANDS_OUT,
    uncounted: found > 0 ? uncounted / found : 0,
  };
}

function sumBlocks(
  { pixels, width }: SignedFrame,
  left: number,
  top: number,
  across: number,
  down: number,
): void {
  blocks.fill(0, 0, across * down);
  for (let y = 0; y < down * BLOCK; y++) {
    const row = (y >> 2) * across;
    let at = (top + y) * width + left;
    for (let x = 0; x < across; x++, at += BLOCK) {
      const sum = pixels[at]! + pixels[at + 1]! + pixels[at + 2]! + pixels[at + 3]!;
      blocks[row + x] = blocks[row + x]! + sum / (BLOCK * BLOCK);
    }
  }
}

function markPeaks(peaks: readonly MapPeak[], left: number, top: number, across: number, down: number): void {
  counted.fill(0, 0, across * down);
  for (const { x, y } of peaks) {
    const [column, row] = [Math.floor((x - left) / BLOCK), Math.floor((y - top) / BLOCK)];
    if (column >= 0 && row >= 0 && column < across && row < down) counted[row * across + column] = 1;
  }
}

function isHighestBlock(at: number, across: number): boolean {
  const value = blocks[at]!;
  for (let row = at - across; row <= at + across; row += across) {
    for (let i = row - 1; i <= row + 1; i++) if (blocks[i]! > value) return false;
  }
  return true;
}

function surroundings(x: number, y: number, across: number, down: number): number {
  let [sum, places] = [0, 0];
  for (let dy = -AROUND; dy <= AROUND; dy += AROUND) {
    for (let dx = -AROUND; dx <= AROUND; dx += AROUND) {
      const [column, row] = [x + dx, y + dy];
      if ((dx === 0 && dy === 0) || column < 0 || row < 0 || column >= across || row >= down) continue;
      sum += blocks[row * across + column]!;
      places++;
    }
  }
  return places > 0 ? sum / places : Number.POSITIVE_INFINITY;
}

function hasPeak(x: number, y: number, across: number, down: number): boolean {
  for (let row = Math.max(0, y - SAME); row <= Math.min(down - 1, y + SAME); row++) {
    for (let column = Math.max(0, x - SAME); column <= Math.min(across - 1, x + SAME); column++) {
      if (counted[row * across + column]) return true;
    }
  }
  return false;
}
