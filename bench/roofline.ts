import { type Architecture, traceLayers } from "../src/model/layers.js";
import { elementCount, layerWeights } from "../src/model/weights.js";

/** What a frame costs at the least, whatever computes it. */
export interface FrameCost {
  /** Floating-point operations: two a multiplication of a kernel with a pixel. */
  flops: number;
  /**
   * Bytes of maps that layers read and write, each once. Normalisation and dropout, which
   * prediction leaves out, cost nothing here; activations are taken along.
   */
  mapBytes: number;
  /** Bytes of weights, which a batch reads once. */
  weightBytes: number;
}

const FLOAT_BYTES = 4;

/**
 * The cost of a square frame, from the table of layers.
 * @param architecture a network for single frames
 * @param side pixels
 */
export function frameCost(architecture: Architecture, side: number): FrameCost {
  const pixels = side * side;
  const cost: FrameCost = { flops: 0, mapBytes: 0, weightBytes: 0 };
  let before = 1;
  for (const { row, inChannels, outChannels, scale } of traceLayers(architecture)) {
    const weights = layerWeights(row, inChannels);
    const [kernel] = weights;
    if (kernel) {
      const maps = inChannels / before ** 2 + outChannels / scale ** 2;
      cost.mapBytes += FLOAT_BYTES * pixels * maps;
      cost.weightBytes += FLOAT_BYTES * weights.reduce((sum, { shape }) => sum + elementCount(shape), 0);
      // Every pixel of the coarser side meets every value of the kernel once.
      cost.flops += (2 * pixels * elementCount(kernel.shape)) / Math.max(before, scale) ** 2;
    }
    before = scale;
  }
  return cost;
}

/** Floating-point operations for each byte, for a batch of frames. */
export function intensity({ flops, mapBytes, weightBytes }: FrameCost, batch: number): number {
  return (batch * flops) / (batch * mapBytes + weightBytes);
}
