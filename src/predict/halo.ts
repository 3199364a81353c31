import { type PixelRange, traitsOf } from "../model/layer-kinds.js";
import type { Architecture } from "../model/layers.js";
import { roundUp } from "./prepare.js";

/**
 * Pixels before and after a tile, along one side, that the values inside the tile depend on.
 * Both are multiples of the architecture's sideMultiple.
 */
export interface Halo {
  before: number;
  after: number;
}

/**
 * The exact reach of a network, followed back through its layer table.
 * It is that of an aligned block of output pixels: the interval of input pixels that the block
 * depends on.
 */
export function haloOf({ layers, sideMultiple }: Architecture): Halo {
  let interval: PixelRange = [0, sideMultiple - 1];
  for (const row of layers.toReversed()) interval = traitsOf(row).reach(row, interval);
  return {
    before: roundUp(-interval[0], sideMultiple),
    after: roundUp(interval[1] - (sideMultiple - 1), sideMultiple),
  };
}
