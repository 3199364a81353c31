import { quantile } from "../base/quantiles.js";
import type { PixelArray } from "../frames/frame.js";
import type { SignedFrame } from "./signed-frame.js";

/**
 * The noise of neighbouring pixels in the flattest parts of a frame, where little else is seen.
 * A camera's pixels know nothing of each other; those of a filtered or enlarged frame do.
 */
export interface Grain {
  /**
   * Logarithms of the variance over squares of 2 and of 3 pixels, relative to that of neighbours.
   * White noise has 0.
   */
  coarse2: number;
  coarse3: number;
  /** Correlation of neighbouring squares along rows, plus that along columns; white noise has -1. */
  linked: number;
  /**
   * {@link coarse2} and {@link linked} of the quarter of all blocks in which they are least.
   * In a frame full of spots some blocks still have little else than noise.
   */
  coarsePart: number;
  linkedPart: number;
  /** Their difference's size. */
  striped: number;
  /** Logarithm of the largest variance over the least, of squares at even and at odd places. */
  parity: number;
  /** Logarithm of the fourth moment over the squared variance; a normal variable has ln 3. */
  tails: number;
  /** Logarithm of the share of equal neighbours, relative to that of normal noise as large. */
  ties: number;
  /** Logarithm of the noise in steps of the pixels' values, at most {@link MOST_STEPS}. */
  steps: number;
}

/** Side of a block, pixels, and pixels beyond it that its last squares take. */
const [BLOCK, BEYOND] = [8, 4];
/**
 * Most blocks. Of more than {@link WHOLE_BLOCKS}, every third square of a block is enough: an odd
 * number, so that even and odd columns have their turn.
 */
const [BLOCKS, WHOLE_BLOCKS, EVERY] = [100, 36, 3];
/** Share of the blocks that count as flat, and least number of them. */
const [FLAT, LEAST_FLAT] = [0.3, 6];
/** Share of the blocks that the least values are taken from. */
const PART = 0.25;
/** Least variance of neighbours, relative to that of coarser squares. */
const LEAST_PART = 1e-3;
/** The same of squares at one kind of places, relative to all. */
const LEAST_PARITY = 1e-9;
/** Noise beyond so many steps is as good as continuous. */
const MOST_STEPS = Math.log(20);
/**
 * Probability that two neighbours are equal, times their deviation: the density of a normal
 * variable's difference at 0.
 */
const TIES = 0.5 / Math.sqrt(Math.PI);

/** Sums over a block's squares; each has its place in a block's row of {@link sums}. */
const [SQUARE1, SQUARE2, SQUARE3, RIGHT, BELOW, FOURTH, EQUAL, PARITY] = [0, 1, 2, 3, 4, 5, 6, 7];
const COLUMNS = PARITY + 4;

const sums = new Float64Array(BLOCKS * COLUMNS);
const slopes = new Float64Array(BLOCKS);
const coarse = new Float64Array(BLOCKS);
const links = new Float64Array(BLOCKS);

/** Of a frame without noise, or too small to tell. */
const NONE: Grain = {
  ...{
    coarse2: 0,
    coarse3: 0,
    linked: -1,
    coarsePart: -0.2,
    linkedPart: -1.2,
    striped: 0,
    parity: 0,
    tails: Math.log(3),
    ties: 0,
  },
  steps: MOST_STEPS,
};

/** Measures blocks spread evenly over a frame. */
export function grainOf({ pixels, width, height }: SignedFrame): Grain {
  const [across, down] = [Math.floor((width - BEYOND) / BLOCK), Math.floor((height - BEYOND) / BLOCK)];
  const places = Math.max(0, across) * Math.max(0, down);
  const blocks = Math.min(BLOCKS, places);
  if (blocks < LEAST_FLAT) return NONE;
  const every = blocks > WHOLE_BLOCKS ? EVERY : 1;
  let step = Number.POSITIVE_INFINITY;
  for (let block = 0; block < blocks; block++) {
    const place = Math.floor((block * places) / blocks);
    const start = Math.floor(place / across) * BLOCK * width + (place % across) * BLOCK;
    step = Math.min(step, addBlock(pixels, start, width, every, block));
  }
  return inFlatBlocks(blocks, Math.ceil((BLOCK * BLOCK) / every), step);
}

/**
 * Sums over a block's squares: each is the distance of four pixels at its corners from a plane,
 * twice. White noise gives twice a pixel's deviation, whatever the square's side.
 * @param every step between the squares that are taken
 * @returns least difference of neighbours that differ
 */
function addBlock(pixels: PixelArray, start: number, width: number, every: number, block: number): number {
  let [one, two, three, right, below, fourth, equal] = [0, 0, 0, 0, 0, 0, 0];
  let [even, evenOdd, oddEven, odd] = [0, 0, 0, 0];
  let [left, all, upper, step] = [0, 0, 0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < BLOCK * BLOCK; i += every) {
    const [x, y] = [i % BLOCK, (i / BLOCK) | 0];
    const at = start + y * width + x;
    const [row1, row2] = [at + width, at + 2 * width];
    const a = pixels[at]!;
    const b = pixels[at + 1]!;
    const c = pixels[at + 2]!;
    const d = pixels[row1]!;
    const e = pixels[row1 + 1]!;
    const g = pixels[row2]!;
    const square = a - b - d + e;
    const next = b - c - e + pixels[row1 + 2]!;
    const under = d - e - g + pixels[row2 + 1]!;
    const double = a - c - g + pixels[row2 + 2]!;
    const triple = a - pixels[at + 3]! - pixels[row2 + width]! + pixels[row2 + width + 3]!;
    const squared = square * square;
    one += squared;
    two += double * double;
    three += triple * triple;
    right += square * next;
    below += square * under;
    fourth += squared * squared;
    const difference = a > b ? a - b : b - a;
    if (difference === 0) equal++;
    else if (difference < step) step = difference;
    if (y & 1) {
      if (x & 1) odd += squared;
      else oddEven += squared;
    } else if (x & 1) evenOdd += squared;
    else even += squared;
    all += a;
    if (x < BLOCK / 2) left += a;
    if (y < BLOCK / 2) upper += a;
  }
  slopes[block] = (2 * left - all) ** 2 + (2 * upper - all) ** 2;
  const base = one + LEAST_PART * two || 1;
  coarse[block] = two / base;
  links[block] = (right + below) / base;
  const row = block * COLUMNS;
  sums[row + SQUARE1] = one;
  sums[row + SQUARE2] = two;
  sums[row + SQUARE3] = three;
  sums[row + RIGHT] = right;
  sums[row + BELOW] = below;
  sums[row + FOURTH] = fourth;
  sums[row + EQUAL] = equal;
  sums[row + PARITY] = even;
  sums[row + PARITY + 1] = evenOdd;
  sums[row + PARITY + 2] = oddEven;
  sums[row + PARITY + 3] = odd;
  return step;
}

function inFlatBlocks(blocks: number, squares: number, step: number): Grain {
  const limit = quantile(slopes.slice(0, blocks).sort(), Math.max(FLAT, LEAST_FLAT / blocks));
  const total = new Float64Array(COLUMNS);
  let flat = 0;
  for (let block = 0; block < blocks; block++) {
    if (slopes[block]! > limit) continue;
    flat++;
    for (let k = 0; k < COLUMNS; k++) total[k] = total[k]! + sums[block * COLUMNS + k]!;
  }
  const variance = total[SQUARE1]!;
  if (!(variance > 0)) return NONE;
  const all = flat * squares;
  const of = (column: number) => total[column]! / variance;
  const deviation = Math.sqrt(variance / all) / 2;
  const stepped = Number.isFinite(step) ? step : deviation;
  const expected = Math.min(1, (TIES * stepped) / deviation);
  return {
    coarse2: Math.log(of(SQUARE2) + LEAST_PART),
    coarse3: Math.log(of(SQUARE3) + LEAST_PART),
    linked: of(RIGHT) + of(BELOW),
    coarsePart: Math.log(quantile(coarse.subarray(0, blocks).sort(), PART) + LEAST_PART),
    linkedPart: quantile(links.subarray(0, blocks).sort(), PART),
    striped: Math.abs(of(RIGHT) - of(BELOW)),
    parity: parityOf(total.subarray(PARITY), LEAST_PARITY * variance),
    tails: Math.log((total[FOURTH]! * all) / variance ** 2),
    ties: Math.log((total[EQUAL]! + 3) / (expected * all + 3)),
    steps: Math.min(MOST_STEPS, Math.log(deviation / stepped)),
  };
}

function parityOf(variances: Float64Array, least: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const variance of variances) {
    low = Math.min(low, variance);
    high = Math.max(high, variance);
  }
  return Math.log((least + high) / (least + low));
}
