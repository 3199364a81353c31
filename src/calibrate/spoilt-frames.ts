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
  (values, width, random) => {
    const smooth = blurred(values, width, random.uniform(0.8, 1.5));
    const strength = random.uniform(1, 3);
    return values.map((value, i) => Math.max(0, value + strength * (value - smooth[i]!)));
  },
  (values, width, random) => enlarged(values, width, 2, linear, random),
  (values, width, random) =>
    enlarged(values, width, random.uniform(1.4, 3), random.below(2) ? linear : cubic, random),
  (values, width, random) => enlarged(values, width, random.below(2) + 2, nearest, random),
  (values, width, random) => shifted(values, width, random.below(2) ? linear : cubic, random),
];

function blurred(values: Float32Array, width: number, sigma: number): Float32Array {
  const result = new Float32Array(values.length);
  new Blur(width, values.length / width, sigma).apply(values, result);
  return result;
}

/** Weights of the four pixels around a place, by its distance from the second of them, 0 to 1. */
type Interpolation = (share: number) => readonly [number, number, number, number];

const nearest: Interpolation = (share) => (share < 0.5 ? [0, 1, 0, 0] : [0, 0, 1, 0]);

const linear: Interpolation = (share) => [0, 1 - share, share, 0];

/** Keys 1981, IEEE Trans. ASSP 29, 1153, with the parameter -1/2. */
const cubic: Interpolation = (share) => {
  const [square, cube] = [share * share, share ** 3];
  return [
    (-cube + 2 * square - share) / 2,
    (3 * cube - 5 * square + 2) / 2,
    (-3 * cube + 4 * square + share) / 2,
    (cube - square) / 2,
  ];
};

/** A part of the frame, enlarged to the frame's size. */
function enlarged(
  values: Float32Array,
  width: number,
  times: number,
  weights: Interpolation,
  random: Random,
): Float32Array {
  const room = (side: number) => random.below(Math.floor(side - side / times) + 1);
  const [left, top] = [room(width), room(values.length / width)];
  return resampled(
    values,
    width,
    weights,
    (at) => left + at / times,
    (at) => top + at / times,
  );
}

/** Moved by less than a pixel along both axes, as a correction of drift does. */
function shifted(values: Float32Array, width: number, weights: Interpolation, random: Random): Float32Array {
  const [right, down] = [random.uniform(0.25, 0.75), random.uniform(0.25, 0.75)];
  return resampled(
    values,
    width,
    weights,
    (at) => at + right,
    (at) => at + down,
  );
}

/** @param columnOf,rowOf where a column's or row's values lie in the frame that is read */
function resampled(
  values: Float32Array,
  width: number,
  weights: Interpolation,
  columnOf: (x: number) => number,
  rowOf: (y: number) => number,
): Float32Array {
  const height = values.length / width;
  const along = (length: number, placeOf: (at: number) => number) =>
    Array.from({ length }, (_, at) => {
      const place = placeOf(at);
      const first = Math.floor(place) - 1;
      const taken = [0, 1, 2, 3].map((k) => Math.max(0, Math.min(length - 1, first + k)));
      return { taken, shares: weights(place - first - 1) };
    });
  const [columns, rows] = [along(width, columnOf), along(height, rowOf)];
  return values.map((_, i) => {
    const [column, row] = [columns[i % width]!, rows[Math.floor(i / width)]!];
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const start = row.taken[k]! * width;
      for (let l = 0; l < 4; l++) {
        sum += row.shares[k]! * column.shares[l]! * values[start + column.taken[l]!]!;
      }
    }
    return sum;
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
