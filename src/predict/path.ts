import { LIMITS } from "../base/limits.js";
import type { Network } from "../engine/engine.js";
import type { Architecture } from "../model/layers.js";
import { countsOf, sum } from "./counts.js";
import { type PreparedBatch, prepare, type Scratch } from "./prepare.js";
import { predictTiled } from "./tiling.js";
import type { FrameBatch, Prediction, Wanted } from "./types.js";

/**
 * The one path from raw frames to counts: normalise, pad, predict (in tiles where frames are large), crop, sum.
 * @param scratch memory to use again from call to call; calls that share it must not overlap
 * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError
 */
export async function predictBatch(
  network: Network,
  architecture: Architecture,
  batch: FrameBatch,
  wanted: Wanted,
  scratch?: Scratch,
): Promise<Prediction[]> {
  const prepared = prepare(batch, architecture.sideMultiple, scratch);
  const density = await densityOf(network, architecture, prepared, batch.count);
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
): Promise<Float32Array> {
  if (constant.every(Boolean)) return new Float32Array(values.length);
  const size = paddedWidth * paddedHeight;
  if (size <= LIMITS.maxUntiledPixels) return network.predict(values, [count, paddedHeight, paddedWidth]);
  const density = new Float32Array(values.length);
  for (let i = 0; i < count; i++) {
    const frame = values.subarray(i * size, (i + 1) * size);
    const map = await predictTiled(network, architecture, frame, paddedWidth, paddedHeight, LIMITS.tileSide);
    density.set(map, i * size);
  }
  return density;
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
