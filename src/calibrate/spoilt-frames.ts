import type { Random } from "../base/random.js";
import { Blur } from "../frames/blur.js";
import type { Frame } from "../frames/frame.js";

/**
 * A frame with one of the changes that people make before counting, chosen at random.
 * The result is rounded, as files store it.
 */
export function filteredFrame(frame: Frame, random: Random): Frame {
  const way = WAYS[random.below(WAYS.length)]!;
  const values = way(Float32Array.from(frame.pixels), frame.width, random);
  return { ...frame, pixels: Float32Array.from(values, Math.round) };
}

/**
 * A frame whose brightest pixels are cut off, as by a camera that is too sensitive.
 * @param spots number of spots in the frame
 */
export function saturatedFrame(frame: Frame, spots: number, random: Random): Frame {
  const sorted = Float32Array.from(frame.pixels).sort();
  // Cuts several pixels in many of the spots.
  const cut = Math.min(sorted.length / 4, spots * random.uniform(2, 8));
  const level = sorted[Math.max(0, Math.floor(sorted.length - 1 - cut))]!;
  return { ...frame, pixels: Float32Array.from(frame.pixels, (value) => Math.min(value, level)) };
}

type Way = (values: Float32Array, width: number, random: Random) => Float32Array;

const WAYS: readonly Way[] = [
  (values, width, random) => blurred(values, width, random.uniform(0.6, 1.6)),
  (values, width) =>
    neighbourhoods(values, width, (nine) => nine.reduce((sum, v) => sum + v, 0) / nine.length),
  (values, width) => neighbourhoods(values, width, (nine) => nine.sort()[nine.length >> 1]!),
  (values, width, random) => {
    const ground = blurred(values, width, random.uniform(5, 15));
    return values.map((value, i) => Math.max(0, value - ground[i]!));
  },
  (values, width, random) => {
    const narrow = blurred(values, width, random.uniform(0.7, 1.2));
    const wide = blurred(values, width, random.uniform(2, 5));
    const least = narrow.reduce((most, value, i) => Math.min(most, value - wide[i]!), 0);
    return narrow.map((value, i) => value - wide[i]! - least);
  },
  enlarged,
];

function blurred(values: Float32Array, width: number, sigma: number): Float32Array {
  const result = new Float32Array(values.length);
  new Blur(width, values.length / width, sigma).apply(values, result);
  return result;
}

/** Enlarges to twice the size from the first corner; pixels between are linear. */
function enlarged(values: Float32Array, width: number): Float32Array {
  const height = values.length / width;
  return values.map((_, i) => {
    const [x, y] = [(i % width) / 2, Math.floor(i / width) / 2];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
    const [shareX, shareY] = [x - left, y - top];
    const row = (at: number) =>
      (1 - shareX) * values[at * width + left]! + shareX * values[at * width + right]!;
    return (1 - shareY) * row(top) + shareY * row(bottom);
  });
}

function neighbourhoods(
  values: Float32Array,
  width: number,
  of: (nine: Float32Array) => number,
): Float32Array {
  const height = values.length / width;
  const nine = new Float32Array(9);
  return values.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let k = 0; k < 9; k++) {
      const column = Math.min(width - 1, Math.max(0, x + (k % 3) - 1));
      const row = Math.min(height - 1, Math.max(0, y + Math.floor(k / 3) - 1));
      nine[k] = values[row * width + column]!;
    }
    return of(nine);
  });
}
