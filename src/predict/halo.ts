import type { Architecture, LayerRow } from "../model/layers.js";
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
  let interval: Interval = [0, sideMultiple - 1];
  for (const row of layers.toReversed()) interval = inputOf(row, interval);
  return {
    before: roundUp(-interval[0], sideMultiple),
    after: roundUp(interval[1] - (sideMultiple - 1), sideMultiple),
  };
}

type Interval = readonly [first: number, last: number];

function inputOf(row: LayerRow, [first, last]: Interval): Interval {
  if (row.kind === "upsample") return [Math.floor(first / 2), Math.floor(last / 2)];
  if (row.kind === "conv" || row.kind === "conv3d") {
    const before = Math.max(0, Math.floor((row.kernel - row.stride) / 2));
    return [row.stride * first - before, row.stride * last - before + row.kernel - 1];
  }
  if (row.kind === "deconv") {
    // Output 2i + k takes tap k of input i.
    return [Math.ceil((first - (row.kernel - 1)) / 2), Math.floor(last / 2)];
  }
  return [first, last];
}
