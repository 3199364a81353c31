/**
 * The value at a share of the way through sorted values; 0 of none.
 * @param share 0 for the least value, 1 for the largest
 * @param round chooses between the two values around that place: `Math.floor` takes the lower one
 */
export function quantile(
  sorted: ArrayLike<number>,
  share: number,
  round: (place: number) => number = Math.floor,
): number {
  return sorted[round(share * (sorted.length - 1))] ?? 0;
}

/** The middle one of the values, or the mean of both middle ones; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Standard deviation of a normal distribution over its median absolute deviation: 1 / Φ⁻¹(3/4). */
const DEVIATION_PER_MAD = 1.4826;

/** The standard deviation of values around `centre`, which outliers hardly move. */
export function robustDeviation(values: ArrayLike<number>, centre = median(values)): number {
  return DEVIATION_PER_MAD * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
