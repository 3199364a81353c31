/** The two numbers of a density map. */
export interface Counts {
  /** Sum of the map, in double precision. */
  count: number;
  /** Largest sum over a square. */
  maxLocalCount: number;
}

/** Sum of a density map, in double precision. */
export function sum(density: Float32Array): number {
  let total = 0;
  for (let i = 0; i < density.length; i++) total += density[i]!;
  return total;
}

/**
 * The sum of a map, and its largest sum over all pool x pool squares that lie wholly in it.
 * Squares have a stride of 1, and one pass suffices: the sums of the last `pool` pixels of each
 * column slide down, those of `pool` neighbouring columns slide right. In a map narrower or lower
 * than the square, the square is as wide or high as the map.
 * @param density (height, width), row by row
 */
export function countsOf(density: Float32Array, width: number, height: number, pool: number): Counts {
  const squareWidth = Math.min(pool, width);
  const squareHeight = Math.min(pool, height);
  const columns = new Float64Array(width);
  // The rows above the first whole square. The pass below adds the square's last row; the row that
  // leaves is then empty.
  const above = (squareHeight - 1) * width;
  for (let i = 0; i < above; i++) columns[i % width]! += density[i]!;
  let count = sum(density.subarray(0, above));
  let largest = Number.NEGATIVE_INFINITY;
  for (let entering = above; entering < density.length; entering += width) {
    const leaving = entering - squareHeight * width;
    let square = 0;
    for (let x = 0; x < width; x++) {
      const value = density[entering + x]!;
      count += value;
      const column = columns[x]! + (leaving < 0 ? value : value - density[leaving + x]!);
      columns[x] = column;
      square += x < squareWidth ? column : column - columns[x - squareWidth]!;
      if (x >= squareWidth - 1 && square > largest) largest = square;
    }
  }
  return { count, maxLocalCount: largest };
}

/**
 * The largest sum over the pool x pool squares that lie wholly in a map.
 * The first square is in the corner, the next ones are `strides` pixels apart along both sides. In
 * a map narrower or lower than the square, the square is as wide or high as the map. For squares
 * one pixel apart, {@link countsOf} gives the same, faster.
 * @param density (height, width), row by row
 */
export function largestSquareSum(
  density: Float32Array,
  width: number,
  pool: number,
  strides: number,
): number {
  const height = density.length / width;
  const [squareWidth, squareHeight] = [Math.min(pool, width), Math.min(pool, height)];
  let largest = Number.NEGATIVE_INFINITY;
  for (let top = 0; top + squareHeight <= height; top += strides) {
    for (let left = 0; left + squareWidth <= width; left += strides) {
      let total = 0;
      for (let y = top; y < top + squareHeight; y++) {
        for (let x = left; x < left + squareWidth; x++) total += density[y * width + x]!;
      }
      largest = Math.max(largest, total);
    }
  }
  return largest;
}
