import type { Ground } from "./ground.js";
import type { MapPeak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";

/** The image in a frame at a peak of its map. */
export interface SpotImage {
  /** Light within 2.2 pixels, in deviations of its noise. */
  brightness: number;
  /** Light farther out, relative to the light within. */
  skirt: number;
  /** Natural logarithm of the standard deviation, pixels. */
  width: number;
  /**
   * Difference of the variances along the longest and the shortest axis, relative to their sum.
   * Then its parts along the rows and along the diagonal.
   */
  elongation: number;
  along: number;
  diagonal: number;
  /** Pixels with the frame's brightest value. */
  clipped: number;
}

/** Distance from a peak that is used, pixels. The outermost pixels are taken as background. */
export const IMAGE_REACH = 5;
/** Standard deviation of the weights of the moments, pixels. */
const WEIGHT_SIGMA = 2;
/** Squared distances from a peak of its core and of the rest of its light. */
const [CORE, SKIRT] = [5, 25];
const CORE_PIXELS = 21;
/** Least and largest weighed variance of a spot. */
const [LEAST_VARIANCE, MOST_VARIANCE] = [0.15, 3.8];

const WEIGHTS = Float64Array.from({ length: 2 * IMAGE_REACH ** 2 + 1 }, (_, squared) =>
  Math.exp(-squared / (2 * WEIGHT_SIGMA ** 2)),
);

/** Whether all pixels around a peak that are used are in the frame. */
export function isWhole({ x, y }: MapPeak, { width, height }: SignedFrame): boolean {
  return x >= IMAGE_REACH && y >= IMAGE_REACH && x < width - IMAGE_REACH && y < height - IMAGE_REACH;
}

/**
 * Light, width and shape of a spot from weighed moments.
 * The width is corrected for what the weights take from a normal curve's variance.
 * @returns undefined where the frame shows no spot
 */
export function spotImage(
  { pixels, width, most }: SignedFrame,
  { x, y }: MapPeak,
  ground: Ground,
): SpotImage | undefined {
  const start = (y - IMAGE_REACH) * width + x - IMAGE_REACH;
  const side = 2 * IMAGE_REACH + 1;
  const base = ringMean(pixels, start, width, side);
  let [sum, sumX, sumY, sumXX, sumYY, sumXY, core, skirt, clipped] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0, at = start; row < side; row++, at += width) {
    const dy = row - IMAGE_REACH;
    for (let column = 0; column < side; column++) {
      const dx = column - IMAGE_REACH;
      const value = pixels[at + column]!;
      const light = value - base;
      const squared = dx * dx + dy * dy;
      const weighed = light * WEIGHTS[squared]!;
      sum += weighed;
      sumX += weighed * dx;
      sumY += weighed * dy;
      sumXX += weighed * dx * dx;
      sumYY += weighed * dy * dy;
      sumXY += weighed * dx * dy;
      if (squared <= CORE) core += light;
      else if (squared <= SKIRT) skirt += light;
      if (value === most) clipped++;
    }
  }
  if (!(sum > 0 && core > 0)) return undefined;
  const [middleX, middleY] = [sumX / sum, sumY / sum];
  const varianceX = sumXX / sum - middleX * middleX;
  const varianceY = sumYY / sum - middleY * middleY;
  const covariance = sumXY / sum - middleX * middleY;
  const variance = (varianceX + varianceY) / 2;
  if (!(variance > LEAST_VARIANCE && variance < MOST_VARIANCE)) return undefined;
  const along = (varianceX - varianceY) / (2 * variance);
  const diagonal = covariance / variance;
  return {
    brightness: core / (Math.sqrt(CORE_PIXELS) * ground.noise),
    skirt: skirt / core,
    width: -0.5 * Math.log(1 / variance - 1 / WEIGHT_SIGMA ** 2),
    elongation: Math.min(1, Math.hypot(along, diagonal)),
    along,
    diagonal,
    clipped,
  };
}

function ringMean(pixels: SignedFrame["pixels"], start: number, width: number, side: number): number {
  let sum = 0;
  const last = start + (side - 1) * width;
  for (let i = 0; i < side; i++) sum += pixels[start + i]! + pixels[last + i]!;
  for (let row = 1; row < side - 1; row++) {
    sum += pixels[start + row * width]! + pixels[start + row * width + side - 1]!;
  }
  return sum / (4 * (side - 1));
}
