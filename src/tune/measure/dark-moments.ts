import { median } from "../../base/quantiles.js";
import { Blur } from "../../frames/blur.js";
import type { LightMask } from "./light-mask.js";
import type { Pauses } from "./pauses.js";
import { quantileGroups } from "./quantile-groups.js";
import type { RunBackground } from "./run-background.js";
import type { RunFrames } from "./run-frames.js";

/** Unmasked frames that a pixel needs for its moments. */
const FEWEST_FRAMES = 8;
/**
 * Largest variance of a pixel, over the median one. Others are hot, or hold a molecule that was
 * missed.
 */
const MOST_VARIANCE = 4;
/** Groups of pixels, sorted by the level around them. */
const GROUPS = 8;
/** Blur of the levels by which pixels are grouped, pixels: it keeps light and evens out offsets. */
const GROUPING_BLUR = 4;

/**
 * Moments over time of pixels without molecules, of about the same level; counts.
 * Mean, variance and third central moment.
 */
export interface DarkMoments {
  /** Number of values behind the moments. */
  count: number;
  level: number;
  variance: number;
  third: number;
}

/** Measurements of a run's dark pixels. */
export interface DarkRun {
  moments: DarkMoments[];
  /** Mean of each pixel over its dark frames, counts, and the number of these frames. */
  means: Float64Array;
  counts: Uint16Array;
}

/**
 * Takes the moments over time of all pixels while they see no molecule.
 * Changes of a frame as a whole are subtracted.
 * @param margin distance from the edges, pixels, without moments: molecules outside are not known
 */
export async function darkMoments(
  run: RunFrames,
  mask: LightMask,
  background: RunBackground,
  margin: number,
  pauses: Pauses,
): Promise<DarkRun> {
  const { width, height, frames, values } = run;
  const area = width * height;
  const [first, second, third] = [new Float64Array(area), new Float64Array(area), new Float64Array(area)];
  const counts = new Uint16Array(area);
  const dark = new Uint8Array(area);
  for (let frame = 0; frame < frames; frame++) {
    mask.darkPixels(frame, dark);
    const start = frame * area;
    const above = background.frames[frame]!;
    for (let i = 0; i < area; i++) {
      if (!dark[i]) continue;
      const value = values[start + i]! - background.pixels[i]! - above;
      const square = value * value;
      first[i] = first[i]! + value;
      second[i] = second[i]! + square;
      third[i] = third[i]! + square * value;
      counts[i] = counts[i]! + 1;
    }
    await pauses.pause();
  }
  const [variances, thirds, means] = [new Float64Array(area), new Float64Array(area), new Float64Array(area)];
  const usable = new Uint8Array(area);
  for (let i = 0; i < area; i++) {
    const n = counts[i]!;
    means[i] = background.pixels[i]! + (n > 0 ? first[i]! / n : 0);
    const [x, y] = [i % width, Math.floor(i / width)];
    const inside = Math.min(x, y, width - 1 - x, height - 1 - y) >= margin;
    usable[i] = inside && n >= FEWEST_FRAMES ? 1 : 0;
    if (!usable[i]) continue;
    // Unbiased estimators of the cumulants (Fisher's k-statistics).
    const [s1, s2, s3] = [first[i]!, second[i]!, third[i]!];
    variances[i] = (s2 - (s1 * s1) / n) / (n - 1);
    thirds[i] = (n * s3 - 3 * s1 * s2 + (2 * s1 ** 3) / n) / ((n - 1) * (n - 2));
  }
  await pauses.pause();
  const smooth = Float32Array.from(means);
  new Blur(width, height, GROUPING_BLUR).apply(smooth, smooth);
  return { moments: grouped(usable, smooth, means, variances, thirds, counts), means, counts };
}

function grouped(
  usable: Uint8Array,
  smooth: Float32Array,
  means: Float64Array,
  variances: Float64Array,
  thirds: Float64Array,
  counts: Uint16Array,
): DarkMoments[] {
  const all = Uint32Array.from(usable.keys()).filter((i) => usable[i]);
  const typical = medianOf(all, variances);
  const pixels = all.filter((i) => variances[i]! < MOST_VARIANCE * typical);
  const levels = Float64Array.from(pixels, (i) => smooth[i]!);
  return quantileGroups(levels, GROUPS).map((group) =>
    pooled(
      group.map((at) => pixels[at]!),
      means,
      variances,
      thirds,
      counts,
    ),
  );
}

function medianOf(pixels: Uint32Array, values: Float64Array): number {
  return median(Float64Array.from(pixels, (i) => values[i]!));
}

function pooled(
  pixels: Uint32Array,
  means: Float64Array,
  variances: Float64Array,
  thirds: Float64Array,
  counts: Uint16Array,
): DarkMoments {
  let [count, level, variance, freedom, third, weights] = [0, 0, 0, 0, 0, 0];
  for (const i of pixels) {
    const n = counts[i]!;
    const weight = ((n - 1) * (n - 2)) / n;
    count += n;
    level += n * means[i]!;
    variance += (n - 1) * variances[i]!;
    freedom += n - 1;
    third += weight * thirds[i]!;
    weights += weight;
  }
  return { count, level: level / count, variance: variance / freedom, third: third / weights };
}
