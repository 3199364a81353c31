import type { Network } from "../engine/engine.js";
import type { Halo } from "./halo.js";

/** A stretch of one side: what a tile shows, and what the network must see for it. */
interface Span {
  start: number;
  end: number;
  outerStart: number;
  outerEnd: number;
}

/** Splits a side into spans of at most `tile` pixels, each with its halo, cut at the ends of the side. */
export function spans(side: number, tile: number, halo: Halo): Span[] {
  const result: Span[] = [];
  for (let start = 0; start < side; start += tile) {
    const end = Math.min(side, start + tile);
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
 * The density of one prepared frame, tile by tile: equal to that of the whole frame, in memory that does not grow with it.
 * @param values (height, width) in [0, 1], sides multiples of the architecture's sideMultiple
 */
export async function predictTiled(
  network: Network,
  values: Float32Array,
  width: number,
  height: number,
  halo: Halo,
  tile: number,
): Promise<Float32Array> {
  const density = new Float32Array(width * height);
  for (const row of spans(height, tile, halo)) {
    for (const column of spans(width, tile, halo)) {
      const outerWidth = column.outerEnd - column.outerStart;
      const outerHeight = row.outerEnd - row.outerStart;
      const outer = new Float32Array(outerWidth * outerHeight);
      for (let y = 0; y < outerHeight; y++) {
        const from = (row.outerStart + y) * width;
        outer.set(values.subarray(from + column.outerStart, from + column.outerEnd), y * outerWidth);
      }
      const map = await network.predict(outer, [1, outerHeight, outerWidth]);
      for (let y = row.start; y < row.end; y++) {
        const from = (y - row.outerStart) * outerWidth - column.outerStart;
        density.set(map.subarray(from + column.start, from + column.end), y * width + column.start);
      }
    }
  }
  return density;
}
