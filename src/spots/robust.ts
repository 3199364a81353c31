/** The middle one of the values, or the mean of both middle ones; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Standard deviation of a normal distribution over its median absolute deviation: 1 / Φ⁻¹(3/4). */
const DEVIATION_PER_MAD = 1.4826;

/** The standard deviation of values around `centre`, of which outliers move little. */
export function robustDeviation(values: ArrayLike<number>, centre = median(values)): number {
  return DEVIATION_PER_MAD * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
