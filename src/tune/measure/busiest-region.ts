import type { StackReader } from "../../frames/stack-reader.js";
import type { Pauses } from "./pauses.js";
import { type Region, regionSize } from "./sampling.js";

/** Pairs of consecutive frames that are compared, over all stacks. */
const PAIRS = 12;
/** Side of the squares that are compared, pixels. */
const TILE = 32;

/**
 * Finds the region with most changes from frame to frame, where molecules blink.
 * It has at most 512×512 pixels. A smaller frame is taken whole.
 */
export async function busiestRegion(stacks: readonly StackReader[], pauses: Pauses): Promise<Region> {
  const { width, height } = stacks[0]!.info;
  const size = regionSize(width, height);
  if (size.width === width && size.height === height) return { left: 0, top: 0, ...size };
  const [columns, rows] = [Math.floor(width / TILE), Math.floor(height / TILE)];
  const activity = new Float64Array(columns * rows);
  for (let pair = 0; pair < PAIRS; pair++) {
    const stack = stacks[pair % stacks.length]!;
    const last = stack.info.frames - 2;
    if (last < 0) continue;
    const index = Math.round(((pair + 0.5) * last) / PAIRS);
    const [before, after] = [await stack.read(index), await stack.read(index + 1)];
    await pauses.pause();
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        activity[at] = activity[at]! + tileChange(before.pixels, after.pixels, width, column, row);
      }
    }
    await pauses.pause();
  }
  const place = busiestPlace(activity, columns, rows, size.width / TILE, size.height / TILE);
  return {
    left: Math.min(width - size.width, place.column * TILE),
    top: Math.min(height - size.height, place.row * TILE),
    ...size,
  };
}

/** Sum of the squared differences in a tile. */
function tileChange(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  width: number,
  column: number,
  row: number,
): number {
  let sum = 0;
  for (let y = row * TILE; y < (row + 1) * TILE; y++) {
    for (let x = column * TILE; x < (column + 1) * TILE; x++) {
      sum += (after[y * width + x]! - before[y * width + x]!) ** 2;
    }
  }
  return sum;
}

function busiestPlace(
  activity: Float64Array,
  columns: number,
  rows: number,
  wide: number,
  high: number,
): { column: number; row: number } {
  const [across, down] = [Math.min(columns, Math.floor(wide)), Math.min(rows, Math.floor(high))];
  let [most, place] = [-1, { column: 0, row: 0 }];
  for (let row = 0; row + down <= rows; row++) {
    for (let column = 0; column + across <= columns; column++) {
      let sum = 0;
      for (let y = row; y < row + down; y++) {
        for (let x = column; x < column + across; x++) sum += activity[y * columns + x]!;
      }
      if (sum > most) [most, place] = [sum, { column, row }];
    }
  }
  return place;
}
