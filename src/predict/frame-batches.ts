import { LIMITS } from "../base/limits.js";
import { type Frame, isSameKind, PIXEL_TYPES, pixelTypeOf } from "../frames/frame.js";
import { neighboursOf } from "./neighbours.js";
import type { FrameBatch } from "./prediction.js";

/** How many frames of this size one engine call takes. */
export function batchSize({ width, height }: { width: number; height: number }): number {
  return Math.max(1, Math.min(LIMITS.maxBatchFrames, Math.floor(LIMITS.maxBatchPixels / (width * height))));
}

/**
 * Items to be counted together, and the items of their sequence around them.
 * There are as many around as a model may need to see.
 */
export interface ItemBatch<T> {
  before: readonly T[];
  items: readonly T[];
  after: readonly T[];
}

/** How items hold frames. */
export interface ItemRules<T> {
  frameOf(item: T): Frame;
  /** Whether the second item follows the first in time, so that a model may see both together. */
  follows(first: T, second: T): boolean;
}

/** Frames kept around a batch. For a stack's first and last frames, both are on one side. */
const AROUND = 2;

/**
 * Groups items into batches for one call of the engine.
 * Their frames have one size and type and follow one another.
 */
export async function* inBatches<T>(
  source: AsyncIterable<T> | Iterable<T>,
  { frameOf, follows }: ItemRules<T>,
): AsyncGenerator<ItemBatch<T>> {
  // The last items that were handed out, and those that wait.
  let kept: T[] = [];
  let done = 0;
  const next = (count: number): ItemBatch<T> => {
    const [start, end] = [done, done + count];
    const batch = {
      before: kept.slice(Math.max(0, start - AROUND), start),
      items: kept.slice(start, end),
      after: kept.slice(end, end + AROUND),
    };
    kept = kept.slice(Math.max(0, end - AROUND));
    done = Math.min(end, AROUND);
    return batch;
  };
  function* rest() {
    while (done < kept.length) yield next(Math.min(kept.length - done, batchSize(frameOf(kept[done]!))));
  }
  for await (const item of source) {
    const last = kept.at(-1);
    if (last && !(isSameKind(frameOf(last), frameOf(item)) && follows(last, item))) {
      yield* rest();
      [kept, done] = [[], 0];
    }
    kept.push(item);
    const size = batchSize(frameOf(item));
    if (kept.length - done === size + AROUND) yield next(size);
  }
  yield* rest();
}

/** The part of a batch that a model looking at `framesSeen` frames must see. */
export function batchSeen<T>(
  { before, items, after }: ItemBatch<T>,
  frameOf: (item: T) => Frame,
  framesSeen: number,
): FrameBatch {
  const end = before.length + items.length;
  const neighbours = neighboursOf({ first: before.length, end, frames: end + after.length }, framesSeen);
  const all = [...before, ...items, ...after].slice(
    before.length - neighbours.before,
    end + neighbours.after,
  );
  return { ...batchOf(all.map(frameOf)), neighbours };
}

/** Puts frames of one size and type one after the other into memory of their own. */
export function batchOf(frames: readonly Frame[]): FrameBatch {
  const { width, height, pixels: first } = frames[0]!;
  const pixels = new PIXEL_TYPES[pixelTypeOf(first)].array(frames.length * width * height);
  for (const [i, frame] of frames.entries()) pixels.set(frame.pixels, i * width * height);
  return { width, height, count: frames.length, pixels };
}
