/** The two numbers of a density map. */
export interface Counts {
  /** Sum of the map, in double precision. */
  count: number;
  /** Largest sum over a window. */
  maxLocalCount: number;
}

/** Sum of a density map, in double precision. */
export function sum(density: Float32Array): number {
  let total = 0;
  for (let i = 0; i < density.length; i++) total += density[i]!;
  return total;
}

/**
 * The sum of a map, and its largest sum over all pool x pool windows that lie wholly in it.
 * Windows have a stride of 1, and one pass suffices: the sums of the last `pool` pixels of each
 * column slide down, those of `pool` neighbouring columns slide right. In a map narrower or lower
 * than the window, the window is as wide or high as the map.
 * @param density (height, width), row by row
 */
export function countsOf(density: Float32Array, width: number, height: number, pool: number): Counts {
  const windowWidth = Math.min(pool, width);
  const windowHeight = Math.min(pool, height);
  const columns = new Float64Array(width);
  // The rows above the first whole window. The pass below adds the window's last row; the row that
  // leaves is then empty.
  const above = (windowHeight - 1) * width;
  for (let i = 0; i < above; i++) columns[i % width]! += density[i]!;
  let count = sum(density.subarray(0, above));
  let largest = Number.NEGATIVE_INFINITY;
  for (let entering = above; entering < density.length; entering += width) {
    const leaving = entering - windowHeight * width;
    let window = 0;
    for (let x = 0; x < width; x++) {
      const value = density[entering + x]!;
      count += value;
      const column = columns[x]! + (leaving < 0 ? value : value - density[leaving + x]!);
      columns[x] = column;
      window += x < windowWidth ? column : column - columns[x - windowWidth]!;
      if (x >= windowWidth - 1 && window > largest) largest = window;
    }
  }
  return { count, maxLocalCount: largest };
}
