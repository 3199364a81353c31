import { LIMITS } from "../base/limits.js";
import type { Network } from "../engine/engine.js";
import type { Architecture } from "../model/layers.js";
import { countsOf, sum } from "./counts.js";
import { type PreparedBatch, prepare, type Scratch } from "./prepare.js";
import { predictTiled } from "./tiling.js";
import type { FrameBatch, Prediction, Wanted } from "./types.js";

/** Memory from earlier calls. */
export interface Memory {
  /** For prepared frames; calls that share it must not overlap. */
  scratch?: Scratch;
  /** For the density maps, where it has just their size. */
  spare?: ArrayBuffer | undefined;
}

/**
 * The one path from raw frames to counts: normalise, pad, predict (in tiles where frames are large), crop, sum.
 * @param memory memory to use instead of new
 * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError
 */
export async function predictBatch(
  network: Network,
  architecture: Architecture,
  batch: FrameBatch,
  wanted: Wanted,
  { scratch, spare }: Memory = {},
): Promise<Prediction[]> {
  const prepared = prepare(batch, architecture.sideMultiple, scratch);
  const density = await densityOf(network, architecture, prepared, batch.count, outputArray(prepared, spare));
  const predictions: Prediction[] = [];
  const size = prepared.paddedWidth * prepared.paddedHeight;
  for (let i = 0; i < batch.count; i++) {
    const padded = density.subarray(i * size, (i + 1) * size);
    // An empty frame's map is the network's answer to nothing; it counts nothing.
    if (prepared.constant[i]) padded.fill(0);
    predictions.push(summarise(crop(padded, prepared.paddedWidth, batch), batch, wanted));
  }
  return predictions;
}

async function densityOf(
  network: Network,
  architecture: Architecture,
  { values, paddedWidth, paddedHeight, constant }: PreparedBatch,
  count: number,
  density: Float32Array,
): Promise<Float32Array> {
  if (constant.every(Boolean)) return density;
  const size = paddedWidth * paddedHeight;
  if (size <= LIMITS.maxUntiledPixels)
    return network.predict(values, [count, paddedHeight, paddedWidth], density);
  for (let i = 0; i < count; i++) {
    const frame = values.subarray(i * size, (i + 1) * size);
    const map = await predictTiled(network, architecture, frame, paddedWidth, paddedHeight, LIMITS.tileSide);
    density.set(map, i * size);
  }
  return density;
}

function outputArray({ values }: PreparedBatch, spare: ArrayBuffer | undefined): Float32Array {
  return spare?.byteLength === values.byteLength ? new Float32Array(spare) : new Float32Array(values.length);
}

/** The map without its padding: a view where only rows were added, else moved together in place. */
function crop(padded: Float32Array, paddedWidth: number, { width, height }: FrameBatch): Float32Array {
  if (paddedWidth !== width) {
    for (let y = 1; y < height; y++) padded.copyWithin(y * width, y * paddedWidth, y * paddedWidth + width);
  }
  return padded.subarray(0, width * height);
}

function summarise(density: Float32Array, { width, height }: FrameBatch, wanted: Wanted): Prediction {
  const counts = wanted.maxLocalCount
    ? countsOf(density, width, height, wanted.pool)
    : { count: sum(density), maxLocalCount: 0 };
  return wanted.density ? { ...counts, density } : counts;
}
