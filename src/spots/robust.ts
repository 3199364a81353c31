/** The median of values; the mean of the middle two if their number is even; NaN without values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Standard deviation of a normal distribution over its median absolute deviation: 1 / Φ⁻¹(3/4). */
const DEVIATION_PER_MAD = 1.4826;

/** A robust standard deviation of values around `centre`, which outliers hardly change. */
export function robustDeviation(values: ArrayLike<number>, centre = median(values)): number {
  return DEVIATION_PER_MAD * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
