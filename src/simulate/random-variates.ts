import type { Random } from "../base/random.js";

/** Mean from which {@link poisson} uses rejection; below it, counting up from 0 is faster. */
const LEAST_REJECTION_MEAN = 10;
const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);
const UNIT_OF_32_BITS = 2 ** -32;

/** A number between 0 and 1, both excluded, from 32 random bits. */
export function uniformOpen(random: Random): number {
  return ((random.bits() >>> 0) + 0.5) * UNIT_OF_32_BITS;
}

/** A waiting time of the exponential distribution. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(uniformOpen(random));
}

const LAYERS = 128;
/**
 * Start of the tail of a ziggurat with 128 layers, and the area of each layer.
 * Marsaglia and Tsang 2000, J. Stat. Softw. 5(8).
 */
const [TAIL, LAYER_AREA] = [3.442619855899, 9.91256303526217e-3];
const edges = ziggurat();
const ratios = Float64Array.from({ length: LAYERS }, (_, i) => edges[i + 1]! / edges[i]!);

/**
 * A standard normal value by the ziggurat method (Marsaglia and Tsang 2000).
 * The layer and the position in it come from different bits of a number: sharing bits would bias
 * the values (Doornik 2005).
 */
export function normal(random: Random): number {
  for (;;) {
    const bits = random.bits();
    const layer = bits & (LAYERS - 1);
    const place = (bits >> 7) * 2 ** -24;
    if (Math.abs(place) < ratios[layer]!) return place * edges[layer]!;
    if (layer === 0) return place < 0 ? -normalTail(random) : normalTail(random);
    const value = place * edges[layer]!;
    const [above, below] = [density(edges[layer + 1]!), density(edges[layer]!)];
    if (below + uniformOpen(random) * (above - below) < density(value)) return value;
  }
}

/**
 * Right ends of the layers, from the widest to the narrowest, then 0.
 * The widest layer also stands for the tail.
 */
function ziggurat(): Float64Array {
  const x = new Float64Array(LAYERS + 1);
  x[0] = LAYER_AREA / density(TAIL);
  x[1] = TAIL;
  for (let i = 2; i < LAYERS; i++)
    x[i] = Math.sqrt(-2 * Math.log(LAYER_AREA / x[i - 1]! + density(x[i - 1]!)));
  return x;
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x);
}

/** A normal value above {@link TAIL} (Marsaglia 1964). */
function normalTail(random: Random): number {
  for (;;) {
    const beyond = exponential(random, 1 / TAIL);
    if (2 * exponential(random, 1) > beyond * beyond) return TAIL + beyond;
  }
}

/**
 * A Poisson-distributed number: by inversion at low means, else by transformed rejection.
 * Hörmann 1993, algorithm PTRS.
 */
export function poisson(random: Random, mean: number): number {
  return mean < LEAST_REJECTION_MEAN ? poissonByInversion(random, mean) : poissonByRejection(random, mean);
}

function poissonByInversion(random: Random, mean: number): number {
  let probability = Math.exp(-mean);
  let left = uniformOpen(random);
  let count = 0;
  // Rounding may leave a rest that no probability uses up.
  while (left > probability && probability > 0) {
    left -= probability;
    count++;
    probability *= mean / count;
  }
  return count;
}

function poissonByRejection(random: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = uniformOpen(random) - 0.5;
    const v = uniformOpen(random);
    const side = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / side + b) * u + mean + 0.43);
    if (side >= 0.07 && v <= quick) return count;
    if (count < 0 || (side < 0.013 && v > side)) continue;
    const height = Math.log((v * inverseAlpha) / (a / (side * side) + b));
    if (height <= count * Math.log(mean) - mean - logFactorial(count)) return count;
  }
}

const SMALL_LOG_FACTORIALS = Float64Array.from({ length: 16 }, (_, n) =>
  Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((sum, value) => sum + value, 0),
);

/**
 * ln n!; above 15 by Stirling's series, with an error below 10^-11 (Abramowitz and Stegun 6.1.41).
 */
export function logFactorial(n: number): number {
  if (n < SMALL_LOG_FACTORIALS.length) return SMALL_LOG_FACTORIALS[n]!;
  const x = n + 1;
  const square = 1 / (x * x);
  return (
    (x - 0.5) * Math.log(x) -
    x +
    HALF_LOG_2_PI +
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x
  );
}

/**
 * A gamma-distributed value of scale 1 (Marsaglia and Tsang 2000, ACM Trans. Math. Softw. 26, 363).
 * @param shape at least 1
 */
export function gamma(random: Random, shape: number): number {
  if (shape === 1) return exponential(random, 1);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = uniformOpen(random);
    if (u < 1 - 0.0331 * x * x * x * x || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A log-normal factor with the mean 1. @param spread relative standard deviation */
export function logNormalFactor(random: Random, spread: number): number {
  if (spread === 0) return 1;
  const variance = Math.log1p(spread * spread);
  return Math.exp(Math.sqrt(variance) * normal(random) - variance / 2);
}
