import type { Engine } from "../src/engine/engine.js";
import { ARCHITECTURES } from "../src/model/architectures.js";
import { initialWeights } from "../src/train/initial-weights.js";
import { best, timed } from "./statistics.js";

/** Sides of frames, pixels, and frames of a batch, that a device is measured with. */
export const SIDES = [64, 256, 512, 2048];
export const BATCHES = [1, 4, 16, 64];
/** Most pixels of a batch: four frames of 2048 x 2048, whose largest map takes two gigabytes. */
export const MAX_PIXELS = 4 * 2048 ** 2;
const [WARM, TIMED] = [3, 10];

/** Time of a batch on an engine's device, ms: the shortest, frames in and maps out included. */
export async function batchTime(
  engine: Engine,
  architecture: string,
  side: number,
  batch: number,
): Promise<number> {
  const network = ARCHITECTURES.get(architecture)!;
  const weights = initialWeights(network, 1);
  const ready = await engine.prepare({ architecture: network, weights, provenance: {}, pool: 7 });
  const frames = Float32Array.from({ length: batch * side * side }, (_, i) => (i % 251) / 251);
  const map = new Float32Array(frames.length);
  const predict = () => ready.predict(frames, [batch, side, side], map);
  await timed(WARM, predict);
  const times = await timed(TIMED, predict);
  await ready.dispose();
  return best(times);
}
