import { REMOTE_LIMITS } from "../../base/limits.js";
import { Random } from "../../base/random.js";
import { syntheticFrame } from "../../frames/synthetic-frame.js";
import { WINDOW } from "../../model/layers.js";
import type { Shape } from "./server.js";

/** Frames of a trial: as many as a network that sees windows of them needs. */
const COUNT = WINDOW;
const SPOTS = 8;

/** Frames that every server counts before it is used: spots on noise, normalised. */
export function trialFrames(): { frames: Float32Array; shape: Shape } {
  const { trialSide: side } = REMOTE_LIMITS;
  const frames = new Float32Array(COUNT * side * side);
  for (let i = 0; i < COUNT; i++) {
    const { pixels } = syntheticFrame(side, SPOTS, new Random(1, "trial of a server", i));
    const [least, most] = [Math.min(...pixels), Math.max(...pixels)];
    frames.set(
      pixels.map((value) => (value - least) / (most - least)),
      i * side * side,
    );
  }
  return { frames, shape: [COUNT, side, side] };
}

/** How far two maps are from each other. */
export interface Difference {
  /** The largest difference of a pixel. */
  most: number;
  /** The same, as a share of the largest value of the expected map. */
  share: number;
}

export function differenceOf(expected: Float32Array, found: Float32Array): Difference {
  let [most, largest] = [0, 0];
  for (const [i, value] of expected.entries()) {
    most = Math.max(most, Math.abs(value - found[i]!));
    largest = Math.max(largest, Math.abs(value));
  }
  return { most, share: most === 0 ? 0 : most / largest };
}
