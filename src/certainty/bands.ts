/** Rows of a frame, from the first up to but not including the last. */
export type Band = readonly [from: number, to: number];

/** Side of the cells in which peaks are counted, pixels. Bands start and end at cells. */
export const CELL = 16;
const BAND_ROWS = 2 * CELL;
/** Least number of bands in a large frame. */
const LEAST_BANDS = 3;
/** Frames with less than this share of the bands' pixels are taken whole. */
const WHOLE = 0.75;
/** Pixels that are enough. */
const ENOUGH = 24_576;

/**
 * The rows of a map that are used: all of a small frame, evenly spread bands of a large one.
 * A network takes time for each pixel; its certainty may only take a small part of that.
 */
export function bandsOf(width: number, height: number): Band[] {
  const bands = Math.max(LEAST_BANDS, Math.round(ENOUGH / (BAND_ROWS * width)));
  if (bands * BAND_ROWS >= WHOLE * height) return [[0, height]];
  const cells = Math.floor(height / CELL) - BAND_ROWS / CELL;
  return Array.from({ length: bands }, (_, i) => {
    const from = CELL * Math.round(((i + 0.5) * cells) / bands);
    return [from, from + BAND_ROWS];
  });
}

/** Number of rows in bands. */
export function rowsIn(bands: readonly Band[]): number {
  return bands.reduce((sum, [from, to]) => sum + to - from, 0);
}
