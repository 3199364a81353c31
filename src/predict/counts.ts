/** Sum of a density map, in double precision. */
export function sum(density: Float32Array): number {
  let total = 0;
  for (let i = 0; i < density.length; i++) total += density[i]!;
  return total;
}

/**
 * Largest sum over all pool x pool windows that lie wholly in the map (stride 1). A map narrower or lower than the window is taken
 * over its whole width or height.
 * @param density (height, width), row by row
 */
export function maxLocalCount(density: Float32Array, width: number, height: number, pool: number): number {
  const windowWidth = Math.min(pool, width);
  const windowHeight = Math.min(pool, height);
  const columns = new Float64Array(width);
  let largest = Number.NEGATIVE_INFINITY;
  for (let y = 0; y < height; y++) {
    const entering = y * width;
    const leaving = entering - windowHeight * width;
    if (leaving < 0) {
      for (let x = 0; x < width; x++) columns[x] = columns[x]! + density[entering + x]!;
    } else {
      for (let x = 0; x < width; x++)
        columns[x] = columns[x]! + density[entering + x]! - density[leaving + x]!;
    }
    if (y >= windowHeight - 1) largest = Math.max(largest, largestRun(columns, windowWidth));
  }
  return largest;
}

/** Largest sum of `length` neighbours. */
function largestRun(values: Float64Array, length: number): number {
  let run = 0;
  for (let x = 0; x < length; x++) run += values[x]!;
  let largest = run;
  for (let x = length; x < values.length; x++) {
    run += values[x]! - values[x - length]!;
    if (run > largest) largest = run;
  }
  return largest;
}
