import type { Network } from "../engine/engine.js";
import type { Architecture } from "../model/layers.js";
import { type Halo, haloOf } from "./halo.js";
import { roundUp } from "./prepare.js";

/** A part of one side: what a tile shows, and what the network must see for it. */
interface Span {
  start: number;
  end: number;
  outerStart: number;
  outerEnd: number;
}

/**
 * Splits a side into spans of about equal length, each with its halo.
 * A span has at most `tile` pixels, rounded up to `multiple`. The ends of the side cut halos off.
 */
export function spans(side: number, tile: number, multiple: number, halo: Halo): Span[] {
  const length = roundUp(side / Math.ceil(side / tile), multiple);
  const result: Span[] = [];
  for (let start = 0; start < side; start += length) {
    const end = Math.min(side, start + length);
    result.push({
      start,
      end,
      outerStart: Math.max(0, start - halo.before),
      outerEnd: Math.min(side, end + halo.after),
    });
  }
  return result;
}

/**
 * Makes the density maps of prepared frames tile by tile.
 * They equal those of the whole frames; the memory does not grow with the sides.
 * @param values (count, height, width) in [0, 1], sides multiples of the architecture's
 * sideMultiple
 * @param pause waited for between tiles
 */
export async function predictTiled(
  network: Pick<Network, "predict">,
  architecture: Architecture,
  values: Float32Array,
  [count, height, width]: readonly [number, number, number],
  tile: number,
  pause: () => Promise<void> = async () => undefined,
): Promise<Float32Array> {
  const halo = haloOf(architecture);
  const split = (side: number) => spans(side, tile, architecture.sideMultiple, halo);
  const density = new Float32Array(count * width * height);
  let tiles = 0;
  for (const row of split(height)) {
    for (const column of split(width)) {
      if (tiles++ > 0) await pause();
      const outerWidth = column.outerEnd - column.outerStart;
      const outerHeight = row.outerEnd - row.outerStart;
      const outer = new Float32Array(count * outerWidth * outerHeight);
      for (let i = 0; i < count; i++) {
        for (let y = 0; y < outerHeight; y++) {
          const from = (i * height + row.outerStart + y) * width;
          const to = (i * outerHeight + y) * outerWidth;
          outer.set(values.subarray(from + column.outerStart, from + column.outerEnd), to);
        }
      }
      const maps = await network.predict(outer, [count, outerHeight, outerWidth]);
      for (let i = 0; i < count; i++) {
        for (let y = row.start; y < row.end; y++) {
          const from = (i * outerHeight + y - row.outerStart) * outerWidth - column.outerStart;
          const to = (i * height + y) * width + column.start;
          density.set(maps.subarray(from + column.start, from + column.end), to);
        }
      }
    }
  }
  return density;
}
