import { LIMITS } from "../base/limits.js";
import type { Certainty } from "../certainty/certainty.js";
import type { Network } from "../engine/engine.js";
import { type Architecture, framesSeen } from "../model/layers.js";
import { type Counts, countsOf, sum } from "./counts.js";
import { certaintyOf } from "./frame-certainty.js";
import type { FrameBatch, Part, Prediction, Wanted } from "./prediction.js";
import { type PreparedBatch, prepare, type Scratch } from "./prepare.js";
import { previewOf } from "./preview.js";
import { RecordingCertainty } from "./recording-certainty.js";
import { predictTiled } from "./tiling.js";

/** Memory of earlier calls, to be used again. */
export interface Memory {
  /** For prepared frames; calls that share it must not overlap. */
  scratch?: Scratch;
  /** For the density maps, if it has exactly their size. */
  spare?: ArrayBuffer | undefined;
  /**
   * Waited for between the steps of a large frame: its numbers, each tile, its counts. Its memory is
   * not shared meanwhile.
   */
  pause?: () => Promise<void>;
  /** Waited for once the maps are there, by batches whose networks run beside one another. */
  turn?: () => Promise<unknown>;
  /** What is known of the recordings that batches are parts of. */
  recordings?: RecordingCertainty;
}

/** A network that is ready to run, and what is known of it. */
export interface PreparedModel {
  network: Pick<Network, "predict">;
  architecture: Architecture;
  certainty?: Certainty | undefined;
  /** The square that the certainty is about, pixels. */
  pool: number;
}

/**
 * Takes raw frames to counts: normalise, pad, predict (in tiles where frames are large), crop, sum.
 * It is the only implementation of these steps.
 * @param memory used instead of new memory
 * @returns one prediction for each frame that is not a neighbour
 * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError
 */
export async function predictBatch(
  { network, architecture, certainty, pool }: PreparedModel,
  batch: FrameBatch,
  wanted: Wanted,
  { scratch, spare, pause, turn, recordings = new RecordingCertainty() }: Memory = {},
): Promise<Prediction[]> {
  const prepared = prepare(batch, architecture.sideMultiple, scratch);
  await pause?.();
  const size = prepared.paddedWidth * prepared.paddedHeight;
  const lacking = batch.count < framesSeen(architecture);
  const values = lacking ? withEndsRepeated(prepared.values, size) : prepared.values;
  const output = outputArray(values, spare);
  const maps = await densityOf(network, architecture, { ...prepared, values }, output, pause);
  const density = lacking ? maps.subarray(size) : maps;
  await turn?.();
  await pause?.();
  const predictions: Prediction[] = [];
  const judged = wanted.certainty ? certainty : undefined;
  const pools = { wanted: wanted.pool, learnt: pool };
  const { before, after } = batch.neighbours ?? { before: 0, after: 0 };
  const places = placesOf(batch.parts);
  for (let i = before; i < batch.count - after; i++) {
    const padded = density.subarray(i * size, (i + 1) * size);
    // The network's map of an empty frame means nothing: nothing is counted there.
    if (prepared.constant[i]) padded.fill(0);
    const map = crop(padded, prepared.paddedWidth, batch);
    const counted = { ...countsWanted(map, batch, wanted), ...prepared.ranges[i]! };
    const { recording, index } = places.next().value ?? ALONE;
    const certain =
      judged && !prepared.constant[i]
        ? recordings.of(recording, index, counted, () => certaintyOf(judged, batch, i, map, counted, pools))
        : undefined;
    predictions.push({
      count: counted.count,
      maxLocalCount: wanted.maxLocalCount ? counted.maxLocalCount : 0,
      ...(wanted.density && { density: map }),
      ...(wanted.preview && { preview: previewOf(map, batch.width, batch.height) }),
      ...(certain && { certainty: certain }),
    });
  }
  return predictions;
}

interface Place {
  recording: number | undefined;
  index: number;
}

/** The place of a frame that is no part of a recording. */
const ALONE: Place = { recording: undefined, index: 0 };

/** The places of a batch's counted frames in their recordings. */
function* placesOf(parts: readonly Part[] = []): Generator<Place, undefined> {
  for (const { recording, first, frames } of parts) {
    for (let index = first; index < first + frames; index++) yield { recording, index };
  }
}

/**
 * In how many steps a model that counts frame by frame counts a frame of this size: one, or for a
 * frame that is counted in tiles its numbers, each tile, and its counts.
 */
export function stepsOf(width: number, height: number): number {
  const { maxUntiledPixels, tileSide } = LIMITS.tiling;
  if (width * height <= maxUntiledPixels) return 1;
  return 2 + Math.ceil(width / tileSide) * Math.ceil(height / tileSide);
}

async function densityOf(
  network: Pick<Network, "predict">,
  architecture: Architecture,
  { values, paddedWidth, paddedHeight, constant }: PreparedBatch,
  density: Float32Array,
  pause?: () => Promise<void>,
): Promise<Float32Array> {
  if (constant.every(Boolean)) return density;
  const size = paddedWidth * paddedHeight;
  const count = values.length / size;
  const { maxUntiledPixels, tileSide } = framesSeen(architecture) === 1 ? LIMITS.tiling : LIMITS.windowTiling;
  if (size <= maxUntiledPixels) return network.predict(values, [count, paddedHeight, paddedWidth], density);
  const together = framesSeen(architecture) === 1 ? 1 : count;
  for (let first = 0; first < count; first += together) {
    const shape = [together, paddedHeight, paddedWidth] as const;
    const frames = values.subarray(first * size, (first + together) * size);
    density.set(await predictTiled(network, architecture, frames, shape, tileSide, pause), first * size);
  }
  return density;
}

/**
 * Repeats the first and the last frame, for stacks of fewer frames than a network sees at a time.
 * The missing frames are taken to look the same.
 */
function withEndsRepeated(values: Float32Array, size: number): Float32Array {
  const repeated = new Float32Array(values.length + 2 * size);
  repeated.set(values.subarray(0, size));
  repeated.set(values, size);
  repeated.set(values.subarray(values.length - size), size + values.length);
  return repeated;
}

function outputArray(values: Float32Array, spare: ArrayBuffer | undefined): Float32Array {
  return spare?.byteLength === values.byteLength ? new Float32Array(spare) : new Float32Array(values.length);
}

/**
 * The map without its padding.
 * It is a view where only rows were added; else the rows move together in place.
 */
function crop(padded: Float32Array, paddedWidth: number, { width, height }: FrameBatch): Float32Array {
  if (paddedWidth !== width) {
    for (let y = 1; y < height; y++) padded.copyWithin(y * width, y * paddedWidth, y * paddedWidth + width);
  }
  return padded.subarray(0, width * height);
}

/** The two counts of a map. The max local count is 0 where nobody needs it. */
function countsWanted(map: Float32Array, { width, height }: FrameBatch, wanted: Wanted): Counts {
  const local = wanted.maxLocalCount || wanted.certainty;
  return local ? countsOf(map, width, height, wanted.pool) : { count: sum(map), maxLocalCount: 0 };
}
