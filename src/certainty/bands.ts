/** Rows of a frame from the first up to but not including the last. */
export type Band = readonly [from: number, to: number];

/** Side of the cells in which peaks are counted, pixels; bands begin and end at them. */
export const CELL = 16;
const BAND_ROWS = 2 * CELL;
/** Bands that are looked at in a large frame at least. */
const LEAST_BANDS = 3;
/** Frames up to this share of what bands would take are looked at as a whole. */
const WHOLE = 0.75;
/** Pixels that are enough. */
const ENOUGH = 24_576;

/**
 * The rows of a map that are looked at: all of a small frame's, bands spread evenly over a large one. A network takes time with each pixel, and what is told of its counts must cost a small part of
 * that.
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

/** Rows of bands. */
export function rowsIn(bands: readonly Band[]): number {
  return bands.reduce((sum, [from, to]) => sum + to - from, 0);
}
