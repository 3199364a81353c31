/** A true value and the predicted one. */
export interface Pair {
  truth: number;
  predicted: number;
}

/** A 95 % confidence interval; undefined for fewer than two frames. */
export type Interval = readonly [low: number, high: number] | undefined;

/** How predicted values agree with true ones. Errors are predicted minus true. */
export interface Agreement {
  /** Mean of the true values. */
  trueMean: number;
  /** Mean error. */
  bias: number;
  biasInterval: Interval;
  /** Sum of errors over the sum of true values; undefined where that is 0. */
  relativeBias: number | undefined;
  /** Mean absolute error. */
  mae: number;
  maeInterval: Interval;
  /** Root of the mean squared error. */
  rmse: number;
  rmseInterval: Interval;
  /** Pearson's r; undefined where either side does not vary. */
  correlation: number | undefined;
}

/** The 97.5 % point of the standard normal distribution. */
const NORMAL_975 = 1.959963984540054;
/** Variation below this share of a value's size is only rounding. */
const ROUNDING = 1e-12;

/**
 * Compares pairs.
 * Intervals are those of the normal approximation to a mean, m ± 1.96 s / √n with s² = Σ (v − m)² /
 * (n − 1), of errors, absolute errors and squared errors; of the latter the roots of the ends are
 * taken. They treat frames as independent.
 */
export function agreement(pairs: readonly Pair[]): Agreement {
  const errors = pairs.map(({ truth, predicted }) => predicted - truth);
  const squares = errors.map((error) => error * error);
  const absolutes = errors.map(Math.abs);
  const trueMean = mean(pairs.map(({ truth }) => truth));
  const [bias, meanSquare] = [mean(errors), mean(squares)];
  const squareInterval = interval(squares);
  return {
    trueMean,
    bias,
    biasInterval: interval(errors),
    relativeBias: trueMean === 0 ? undefined : bias / trueMean,
    mae: mean(absolutes),
    maeInterval: nonNegative(interval(absolutes)),
    rmse: Math.sqrt(meanSquare),
    rmseInterval: nonNegative(squareInterval, Math.sqrt),
    correlation: pearson(pairs),
  };
}

/** Pearson's correlation coefficient; undefined where either side does not vary. */
export function pearson(pairs: readonly Pair[]): number | undefined {
  const trueMean = mean(pairs.map(({ truth }) => truth));
  const predictedMean = mean(pairs.map(({ predicted }) => predicted));
  let [product, trueSquares, predictedSquares] = [0, 0, 0];
  for (const { truth, predicted } of pairs) {
    const [t, p] = [truth - trueMean, predicted - predictedMean];
    product += t * p;
    trueSquares += t * t;
    predictedSquares += p * p;
  }
  const varies = (squares: number, centre: number) =>
    Math.sqrt(squares / pairs.length) > ROUNDING * Math.abs(centre);
  if (!varies(trueSquares, trueMean) || !varies(predictedSquares, predictedMean)) return undefined;
  return product / Math.sqrt(trueSquares * predictedSquares);
}

/** Differences of two density maps of one frame, summed over the pixels. */
export interface MapDifference {
  /** Σ (p − t)², (emitters per pixel)². */
  squares: number;
  /** Σ |p − t|, emitters. */
  absolutes: number;
}

/** @throws RangeError where the maps differ in size */
export function mapDifference(truth: Float32Array, predicted: Float32Array): MapDifference {
  if (truth.length !== predicted.length) {
    throw new RangeError(`maps of ${truth.length} and ${predicted.length} pixels`);
  }
  let [squares, absolutes] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    const difference = predicted[i]! - truth[i]!;
    squares += difference * difference;
    absolutes += Math.abs(difference);
  }
  return { squares, absolutes };
}

/** The mean; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function interval(values: readonly number[]): Interval {
  if (values.length < 2) return undefined;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const half = NORMAL_975 * Math.sqrt(squares / (values.length - 1) / values.length);
  return [centre - half, centre + half];
}

/** The part of an interval from 0, with its ends changed by `map`. */
function nonNegative(found: Interval, map = (end: number) => end): Interval {
  return found && [map(Math.max(0, found[0])), map(found[1])];
}
