import type { Random } from "../base/random.js";
import { LEAST_SIDE, type Samples, SIDE_STEP } from "./samples.js";

/** Changes the values of one frame in place; they stay in [0,1]. */
type Augmentation = (frame: Float32Array, random: Random) => void;

/** The changes of values, in the order of {@link augment}. Geometry is changed by {@link crop}. */
export const AUGMENTATIONS = { brightness, contrast, intensity, noise } as const satisfies Record<
  string,
  Augmentation
>;

export type AugmentationName = keyof typeof AUGMENTATIONS;

/** A rectangle within a frame, pixels. */
export interface CropArea {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * Samples as they might have been recorded in other light.
 * One random square is cut out of all samples, then every one of {@link AUGMENTATIONS} is applied
 * to each frame in turn. The given samples stay as they are. The same state of `random` gives the
 * same result.
 * @param samples at least 16 pixels wide and high
 */
export function augment(samples: Samples, random: Random): Samples {
  const cut = crop(samples, randomSquare(samples, random));
  augmentValues(cut, random);
  return cut;
}

/** Applies all of {@link AUGMENTATIONS} to the input frames of `samples`, in place. */
export function augmentValues({ input, height, width }: Samples, random: Random): void {
  const pixels = height * width;
  for (let at = 0; at < input.length; at += pixels) {
    const frame = input.subarray(at, at + pixels);
    for (const change of Object.values(AUGMENTATIONS)) change(frame, random);
  }
}

/**
 * A random square within the frames. Its side is a multiple of 4, at least 16.
 * All sides and places have the same probability.
 */
export function randomSquare({ height, width }: Samples, random: Random): CropArea {
  const sides = Math.floor((Math.min(height, width) - LEAST_SIDE) / SIDE_STEP) + 1;
  if (sides < 1) throw new RangeError(`frames of ${width} x ${height} are smaller than the least crop`);
  const side = LEAST_SIDE + SIDE_STEP * random.below(sides);
  return randomPlace({ height, width }, { height: side, width: side }, random);
}

/** A rectangle of the given size at a random place in a frame. */
export function randomPlace(
  frame: { height: number; width: number },
  { height, width }: { height: number; width: number },
  random: Random,
): CropArea {
  const [top, left] = [random.below(frame.height - height + 1), random.below(frame.width - width + 1)];
  return { top, left, height, width };
}

/** Cuts the same rectangle out of every frame, density map and segmentation map. */
export function crop(samples: Samples, area: CropArea): Samples {
  const { count, framesPerSample } = samples;
  const cut = (frames: Float32Array) => cropFrames(frames, samples, area);
  return {
    count,
    framesPerSample,
    height: area.height,
    width: area.width,
    input: cut(samples.input),
    target: cut(samples.target),
    segMap: cut(samples.segMap),
  };
}

function cropFrames(frames: Float32Array, size: { height: number; width: number }, area: CropArea) {
  const count = frames.length / (size.height * size.width);
  const cut = new Float32Array(count * area.height * area.width);
  let to = 0;
  for (let frame = 0; frame < count; frame++) {
    for (let row = 0; row < area.height; row++, to += area.width) {
      const from = (frame * size.height + area.top + row) * size.width + area.left;
      cut.set(frames.subarray(from, from + area.width), to);
    }
  }
  return cut;
}

/** Multiplies all values by one factor 10^U(-0.5, 1). */
export function brightness(frame: Float32Array, random: Random): void {
  linear(frame, 10 ** random.uniform(-0.5, 1), 0);
}

/**
 * Spreads values by a factor f = U(1, 4) about the middle of the frame's range.
 * With the middle c = (min + max) / 2, a value x becomes (x - c) f + c k, where k = 1, so that c
 * keeps its value. Another k would change the brightness too, which has an augmentation of its own.
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

/** Multiplies values by U(0.7, 1.2) and adds U(0, 0.05): another lamp, another background. */
export function intensity(frame: Float32Array, random: Random): void {
  linear(frame, random.uniform(0.7, 1.2), random.uniform(0, 0.05));
}

/**
 * Adds Gaussian noise, independent in each pixel.
 * Its standard deviation, one for the whole frame, is 10^U(-5, -3).
 */
export function noise(frame: Float32Array, random: Random): void {
  const deviation = 10 ** random.uniform(-5, -3);
  for (let i = 0; i < frame.length; i += 2) {
    // A pair of normal values (Box and Muller).
    // Radius and angle come from tables: one draw of 32 bits gives both.
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
