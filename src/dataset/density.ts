/** Emitters of one frame: positions in pixels from the corner of the first pixel, whose centre is at (0.5, 0.5). */
export interface Emitters {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/** Standard deviations beyond which a normal density is nothing beside its peak: exp(-8.5² / 2) is 2 · 10⁻¹⁶. */
const REACH = 8.5;

/** How far from an emitter its density is added, pixels. @param sigma standard deviation, pixels */
export function densityReach(sigma: number): number {
  return REACH * sigma;
}

/**
 * The density map (H,W) of a frame: for each emitter the two-dimensional normal density with the standard deviation `sigma` (pixels) in both directions,
 * at the centres of the pixels. The map's sum is about the number of emitters.
 * @param map values to write over, width * height
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

/** Writes the one-dimensional density at the centres of the pixels within reach of `position`, on a line of `length` pixels. */
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

/** Marks with 1 the pixels whose density is above the threshold (emitters a pixel), the others with 0. */
export function drawSegmentation(segMap: Int8Array, density: ArrayLike<number>, threshold: number): void {
  for (let i = 0; i < segMap.length; i++) segMap[i] = density[i]! > threshold ? 1 : 0;
}
