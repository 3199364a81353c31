import type { Random } from "../base/random.js";
import { LEAST_SIDE, type Samples, SIDE_STEP } from "./samples.js";

/** Changes the values of one frame in place; they stay in [0,1]. */
type Augmentation = (frame: Float32Array, random: Random) => void;

/** The changes of values, in the order in which {@link augment} makes them. Geometry is {@link crop}'s. */
export const AUGMENTATIONS = { brightness, contrast, intensity, noise } as const satisfies Record<
  string,
  Augmentation
>;

export type AugmentationName = keyof typeof AUGMENTATIONS;

/** A window of a frame, pixels. */
export interface CropArea {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * Samples as they could have been recorded in another light: one random square cut out of all of them, then each frame's values changed by every one of
 * {@link AUGMENTATIONS} in turn. The given samples stay as they are; the same state of `random` gives the same result.
 * @param samples at least 16 pixels wide and high
 */
export function augment(samples: Samples, random: Random): Samples {
  const cut = crop(samples, randomSquare(samples, random));
  augmentValues(cut, random);
  return cut;
}

/** Changes the input frames of `samples` in place by all of {@link AUGMENTATIONS}. */
export function augmentValues({ input, height, width }: Samples, random: Random): void {
  const pixels = height * width;
  for (let at = 0; at < input.length; at += pixels) {
    const frame = input.subarray(at, at + pixels);
    for (const change of Object.values(AUGMENTATIONS)) change(frame, random);
  }
}

/** A square within the frames whose side is a multiple of 4 from 16 on, all sides and places alike probable. */
export function randomSquare({ height, width }: Samples, random: Random): CropArea {
  const sides = Math.floor((Math.min(height, width) - LEAST_SIDE) / SIDE_STEP) + 1;
  if (sides < 1) throw new RangeError(`frames of ${width} x ${height} are smaller than the least crop`);
  const side = LEAST_SIDE + SIDE_STEP * random.below(sides);
  return randomPlace({ height, width }, { height: side, width: side }, random);
}

/** A window of the given size anywhere within a frame. */
export function randomPlace(
  frame: { height: number; width: number },
  { height, width }: { height: number; width: number },
  random: Random,
): CropArea {
  const [top, left] = [random.below(frame.height - height + 1), random.below(frame.width - width + 1)];
  return { top, left, height, width };
}

/** Copies the same window out of every frame, density map and segmentation map. */
export function crop(samples: Samples, window: CropArea): Samples {
  const { count, framesPerSample } = samples;
  const cut = (frames: Float32Array) => cropFrames(frames, samples, window);
  return {
    count,
    framesPerSample,
    height: window.height,
    width: window.width,
    input: cut(samples.input),
    target: cut(samples.target),
    segMap: cut(samples.segMap),
  };
}

function cropFrames(frames: Float32Array, size: { height: number; width: number }, window: CropArea) {
  const count = frames.length / (size.height * size.width);
  const cut = new Float32Array(count * window.height * window.width);
  let to = 0;
  for (let frame = 0; frame < count; frame++) {
    for (let row = 0; row < window.height; row++, to += window.width) {
      const from = (frame * size.height + window.top + row) * size.width + window.left;
      cut.set(frames.subarray(from, from + window.width), to);
    }
  }
  return cut;
}

/** All values times one factor 10^U(-0.5, 1). */
export function brightness(frame: Float32Array, random: Random): void {
  linear(frame, 10 ** random.uniform(-0.5, 1), 0);
}

/**
 * Spreads values by a factor U(1, 4) about the middle of the frame's range, c = (min + max) / 2, which keeps its value: (x - c) f + c k with k = 1. Another k
 * would change the brightness too, which has an augmentation of its own.
 */
export function contrast(frame: Float32Array, random: Random): void {
  let [min, max] = [frame[0]!, frame[0]!];
  for (let i = 1; i < frame.length; i++) {
    const value = frame[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const [middle, factor] = [(min + max) / 2, random.uniform(1, 4)];
  linear(frame, factor, middle - factor * middle);
}

/** Values times U(0.7, 1.2) plus U(0, 0.05): another lamp and another background. */
export function intensity(frame: Float32Array, random: Random): void {
  linear(frame, random.uniform(0.7, 1.2), random.uniform(0, 0.05));
}

/** Gaussian noise, independent from pixel to pixel, of one standard deviation 10^U(-5, -3) for the frame. */
export function noise(frame: Float32Array, random: Random): void {
  const deviation = 10 ** random.uniform(-5, -3);
  for (let i = 0; i < frame.length; i += 2) {
    // Box and Muller's pair of normal values, with its radius and angle taken from tables: one draw of 32 bits gives both.
    const bits = random.bits();
    const [radius, angle] = [deviation * NORMAL.radius[bits & 0xffff]!, bits >>> 16];
    frame[i] = clip(frame[i]! + radius * NORMAL.cosine[angle]!);
    if (i + 1 < frame.length) frame[i + 1] = clip(frame[i + 1]! + radius * NORMAL.sine[angle]!);
  }
}

const STEPS = 65_536;

/** Radii and angles at the middles of 65,536 equally probable steps. */
const NORMAL = {
  radius: Float32Array.from({ length: STEPS }, (_, i) => Math.sqrt(-2 * Math.log((i + 0.5) / STEPS))),
  cosine: Float32Array.from({ length: STEPS }, (_, i) => Math.cos((2 * Math.PI * (i + 0.5)) / STEPS)),
  sine: Float32Array.from({ length: STEPS }, (_, i) => Math.sin((2 * Math.PI * (i + 0.5)) / STEPS)),
};

function linear(frame: Float32Array, factor: number, offset: number): void {
  for (let i = 0; i < frame.length; i++) frame[i] = clip(frame[i]! * factor + offset);
}

function clip(value: number): number {
  return Math.max(0, Math.min(1, value));
}
