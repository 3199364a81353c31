import { throwIfCancelled } from "../../base/cancelled.js";
import { bandPassed } from "../../frames/band-pass.js";
import { MeanPatch, patchOf } from "./mean-patch.js";
import type { Bounds } from "./outside.js";
import type { Alternative } from "./reading.js";
import type { Reading, TruthRows } from "./truth-rows.js";

/** Reads the pixels (H,W) of a frame, in any unit. @param index from 0 */
export type PixelReader = (index: number) => Promise<ArrayLike<number>>;

/** How well a table fits the frames. */
export interface Agreement {
  /** Emitters that were compared. */
  emitters: number;
  /**
   * Mean share of a frame's pixels that are darker than the one under an emitter.
   * It is 0.5 by chance and 1 at best.
   */
  given: number;
  /** The alternative that fits clearly better, and the same share for it; undefined without one. */
  better: { alternative: Alternative; share: number } | undefined;
  /** Whether emitters stand on no brighter pixels than chance would have it. */
  isChance: boolean;
  /** Where spots lie from the table's positions, pixels; undefined where that is not clear. */
  offset: { x: number; y: number } | undefined;
}

/** Blurs between which molecules stand out. */
const BAND = { narrow: 1, wide: 3 } as const;
/** Pixels that are looked at in all frames together, and least and most places in time. */
const MOST_PIXELS = 16_000_000;
const [LEAST_PLACES, MOST_PLACES] = [3, 200];
/** Emitters of one frame that are compared. */
const MOST_EMITTERS = 400;
/** Pixels of a frame that stand for all of them. */
const MOST_SAMPLES = 4_096;
/** Fewer emitters tell nothing. */
const LEAST_EMITTERS = 20;
/** Standard errors and share by which another reading must be better, and its own least share. */
const CLEAR = { errors: 4, difference: 0.08, share: 0.7 } as const;
/** Standard errors above chance, and share, that a right table has. */
const CHANCE = { errors: 3, share: 0.6 } as const;
/** Standard deviation of a share that is equally likely anywhere from 0 to 1. */
const CHANCE_DEVIATION = 1 / Math.sqrt(12);

/**
 * Compares a table with its frames: are pixels bright where it has emitters?
 *
 * Each frame is band-passed, and the pixel under an emitter is ranked among the frame's pixels.
 * Ranks need no model of noise, background or brightness. A reading is better if its ranks are,
 * emitter by emitter. Frames are taken evenly over the stack.
 * @returns undefined for too few emitters
 */
export async function compareWithFrames(
  rows: TruthRows,
  given: Reading,
  alternatives: readonly Alternative[],
  bounds: Bounds,
  pixels: PixelReader,
  signal?: AbortSignal,
): Promise<Agreement | undefined> {
  const ranked = new RankedFrames(bounds, pixels, signal);
  const tally = alternatives.map(() => new Differences());
  const own = new Differences();
  const patch = new MeanPatch();
  for (const row of sampleRows(rows, given, bounds)) {
    const rank = await ranked.rankAt(rows, row, given);
    if (rank === undefined) continue;
    own.add(rank - 0.5);
    patch.add(await ranked.patchAt(rows, row, given));
    for (const [i, { reading }] of alternatives.entries()) {
      // Outside the stack, a reading is no better than chance.
      const other = (await ranked.rankAt(rows, row, reading)) ?? 0.5;
      tally[i]!.add(other - rank);
    }
  }
  if (own.count < LEAST_EMITTERS) return undefined;
  let best = -1;
  const share = 0.5 + own.mean;
  for (const [i, { errors, mean }] of tally.entries()) {
    const isClear = errors > CLEAR.errors && mean > CLEAR.difference && share + mean > CLEAR.share;
    if (isClear && (best < 0 || mean > tally[best]!.mean)) best = i;
  }
  const chance = (CHANCE.errors * CHANCE_DEVIATION) / Math.sqrt(own.count);
  const isChance = own.mean < chance || share < CHANCE.share;
  return {
    emitters: own.count,
    given: share,
    better: best < 0 ? undefined : { alternative: alternatives[best]!, share: share + tally[best]!.mean },
    isChance,
    offset: isChance ? undefined : patch.offset(),
  };
}

/** Bright rows of frames that are spread evenly over the stack, sorted by frame. */
function sampleRows(rows: TruthRows, reading: Reading, { stack }: Bounds): number[] {
  const byFrame = new Map<number, number[]>();
  for (let row = 0; row < rows.length; row++) {
    if (!rows.isBright(row)) continue;
    const frame = rows.frameOf(row, reading);
    const list = byFrame.get(frame);
    if (list) list.push(row);
    else byFrame.set(frame, [row]);
  }
  const frames = [...byFrame.keys()].sort((a, b) => a - b);
  const affordable = Math.floor(MOST_PIXELS / (3 * stack.width * stack.height));
  const places = Math.min(frames.length, Math.max(LEAST_PLACES, Math.min(MOST_PLACES, affordable)));
  return Array.from(
    { length: places },
    (_, i) => frames[Math.floor(((i + 0.5) * frames.length) / places)]!,
  ).flatMap((frame) => byFrame.get(frame)!.slice(0, MOST_EMITTERS));
}

interface RankedFrame {
  band: Float32Array;
  sorted: Float32Array;
}

/** Frames that are near each other in time, band-passed and ranked. */
class RankedFrames {
  private readonly recent = new Map<number, RankedFrame>();

  constructor(
    private readonly bounds: Bounds,
    private readonly pixels: PixelReader,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Share of the frame's pixels that are darker; undefined outside the stack. */
  async rankAt(rows: TruthRows, row: number, reading: Reading): Promise<number | undefined> {
    const { width, height } = this.bounds.stack;
    const [column, line] = [Math.floor(rows.xOf(row, reading)), Math.floor(rows.yOf(row, reading))];
    if (!(column >= 0 && column < width && line >= 0 && line < height)) return undefined;
    const frame = await this.frame(rows.frameOf(row, reading));
    return frame && shareBelow(frame.sorted, frame.band[line * width + column]!);
  }

  /** Values around an emitter; undefined near the edge. */
  async patchAt(rows: TruthRows, row: number, reading: Reading): Promise<Float64Array | undefined> {
    const { width, height } = this.bounds.stack;
    const frame = await this.frame(rows.frameOf(row, reading));
    return frame && patchOf(frame.band, width, height, rows.xOf(row, reading), rows.yOf(row, reading));
  }

  private async frame(index: number): Promise<RankedFrame | undefined> {
    const { frames, width, height } = this.bounds.stack;
    if (!(Number.isInteger(index) && index >= 0 && index < frames)) return undefined;
    const known = this.recent.get(index);
    if (known) return known;
    throwIfCancelled(this.signal);
    const band = bandPassed(width, height, await this.pixels(index), BAND);
    const step = Math.ceil(band.length / MOST_SAMPLES);
    const sorted = band.filter((_, i) => i % step === 0).sort();
    const frame = { band, sorted };
    this.recent.set(index, frame);
    for (const old of this.recent.keys())
      if (this.recent.size > RECENT && old !== index) this.recent.delete(old);
    return frame;
  }
}

/** Frames that are kept: those that all readings of one emitter need. */
const RECENT = 8;

/** Share of sorted values that are below a value; ties count half. */
function shareBelow(sorted: Float32Array, value: number): number {
  const first = insertionPoint(sorted, (each) => each >= value);
  const end = insertionPoint(sorted, (each) => each > value);
  return (first + end) / 2 / sorted.length;
}

function insertionPoint(sorted: Float32Array, isBeyond: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBeyond(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Differences whose mean is asked for. */
class Differences {
  count = 0;
  private sum = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    this.squares += value * value;
  }

  get mean(): number {
    return this.sum / this.count;
  }

  /** The mean over its standard error. */
  get errors(): number {
    const variance = Math.max(0, this.squares / this.count - this.mean ** 2);
    return this.mean / Math.sqrt(variance / this.count + Number.EPSILON);
  }
}
