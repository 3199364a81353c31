/**
 * Emitters of one frame. Positions are in pixels from the corner of the first pixel.
 * The centre of the first pixel is at (0.5, 0.5).
 */
export interface Emitters {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/**
 * Distance beyond which a normal density is negligible, standard deviations.
 * There it is exp(-8.5² / 2) = 2 · 10⁻¹⁶ of its peak.
 */
const REACH = 8.5;

/** How far from an emitter its density reaches, pixels. @param sigma standard deviation, pixels */
export function densityReach(sigma: number): number {
  return REACH * sigma;
}

/**
 * Draws the density map (H,W) of a frame, whose sum is about the number of emitters.
 * It is the sum, over the emitters, of two-dimensional normal densities with the standard deviation
 * `sigma` (pixels) in both directions, at the centres of the pixels.
 * @param map is overwritten, width * height values
 */
export function drawDensity(map: Float64Array, width: number, { x, y }: Emitters, sigma: number): void {
  const height = map.length / width;
  map.fill(0);
  const most = 2 * Math.ceil(densityReach(sigma)) + 1;
  const [columns, rows] = [new Float64Array(most), new Float64Array(most)];
  for (let emitter = 0; emitter < x.length; emitter++) {
    const left = fillProfile(columns, x[emitter]!, width, sigma);
    const top = fillProfile(rows, y[emitter]!, height, sigma);
    for (let i = 0; i < top.count; i++) {
      const start = (top.first + i) * width + left.first;
      const density = rows[i]!;
      for (let j = 0; j < left.count; j++) {
        map[start + j] = map[start + j]! + density * columns[j]!;
      }
    }
  }
}

/**
 * Writes a one-dimensional density on a line of `length` pixels.
 * It is taken at the centres of the pixels within reach of `position`.
 */
function fillProfile(
  values: Float64Array,
  position: number,
  length: number,
  sigma: number,
): { first: number; count: number } {
  const reach = densityReach(sigma);
  const first = Math.max(0, Math.ceil(position - reach - 0.5));
  const last = Math.min(length - 1, Math.floor(position + reach - 0.5));
  const peak = 1 / (sigma * Math.sqrt(2 * Math.PI));
  const count = Math.max(0, last - first + 1);
  for (let i = 0; i < count; i++) {
    const distance = (first + i + 0.5 - position) / sigma;
    values[i] = peak * Math.exp(-0.5 * distance * distance);
  }
  return { first, count };
}

/** The original's threshold of segmentation maps, emitters per pixel. */
export const SEG_THRESHOLD = 0.03;

/** Marks pixels whose density is above the threshold (emitters per pixel) with 1, others with 0. */
export function drawSegmentation(
  segMap: Int8Array | Float32Array | Float64Array,
  density: ArrayLike<number>,
  threshold: number,
): void {
  for (let i = 0; i < segMap.length; i++) segMap[i] = density[i]! > threshold ? 1 : 0;
}
