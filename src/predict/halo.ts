import { type PixelRange, traitsOf } from "../model/layer-kinds.js";
import type { Architecture } from "../model/layers.js";
import { roundUp } from "./prepare.js";

/** Pixels before and after a tile, along one side, that the values inside it depend on; multiples of the architecture's sideMultiple. */
export interface Halo {
  before: number;
  after: number;
}

/**
 * The exact reach of a network: the interval of input pixels that an aligned block of output pixels depends on, followed back through the table.
 */
export function haloOf({ layers, sideMultiple }: Architecture): Halo {
  let interval: PixelRange = [0, sideMultiple - 1];
  for (const row of layers.toReversed()) interval = traitsOf(row).reach(row, interval);
  return {
    before: roundUp(-interval[0], sideMultiple),
    after: roundUp(interval[1] - (sideMultiple - 1), sideMultiple),
  };
}
