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
 * The sum of a map and the largest sum over all pool x pool windows that lie wholly in it (stride 1), in one pass: the sums of the last
 * `pool` pixels of every column slide down, those of `pool` neighbouring columns slide right. A map narrower or lower than the window is taken over
 * its whole width or height.
 * @param density (height, width), row by row
 */
export function countsOf(density: Float32Array, width: number, height: number, pool: number): Counts {
  const windowWidth = Math.min(pool, width);
  const windowHeight = Math.min(pool, height);
  const columns = new Float64Array(width);
  // The rows above the first whole window: its last row is left to the pass below, whose leaving row is then empty.
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

/**
 * The largest sum over the pool x pool windows of a map that lie wholly in it, `strides` pixels from one to the next along both sides, the first in the corner. A map
 * narrower or lower than the window is taken over its whole width or height. {@link countsOf} does the same for windows one pixel apart, faster.
 * @param density (height, width), row by row
 */
export function largestWindowSum(
  density: Float32Array,
  width: number,
  pool: number,
  strides: number,
): number {
  const height = density.length / width;
  const [windowWidth, windowHeight] = [Math.min(pool, width), Math.min(pool, height)];
  let largest = Number.NEGATIVE_INFINITY;
  for (let top = 0; top + windowHeight <= height; top += strides) {
    for (let left = 0; left + windowWidth <= width; left += strides) {
      let total = 0;
      for (let y = top; y < top + windowHeight; y++) {
        for (let x = left; x < left + windowWidth; x++) total += density[y * width + x]!;
      }
      largest = Math.max(largest, total);
    }
  }
  return largest;
}
