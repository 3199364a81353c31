import { median } from "../../base/quantiles.js";
import type { DarkMoments } from "./dark-moments.js";
import type { NoiseSamples } from "./noise-pairs.js";
import type { Pauses } from "./pauses.js";
import { quantileGroups } from "./quantile-groups.js";

/** The straight line of variance over level, counts. */
export interface NoiseLine {
  /** Slope of variance over counts: F² times the counts of an electron. */
  slope: number;
  slopeError: number;
  /** A point of the line: the level and variance of dark pixels. */
  level: number;
  variance: number;
}

/** Groups of samples under molecules, and least samples in each. */
const [GROUPS, FEWEST_IN_GROUP] = [16, 50];
/**
 * Least relative error of a group's variance: pixels differ, and some faint molecules are missed.
 */
const FLOOR = 0.004;

/** Median of the square of a standard normal value. */
const SQUARE_MEDIAN = 0.4549;
/** Most standard deviations of a likely pair's noise, and rounds of fits with likely pairs. */
const [LIKELY, ROUNDS] = [4, 2];

/**
 * Least height of the image that is used, relative to its peak.
 * Below it, other molecules matter more.
 */
const LEAST_HEIGHT = 0.2;

/** Pairs between two pauses. */
const PAIRS_A_STEP = 1_000;

interface Point {
  level: number;
  variance: number;
  error: number;
}

/**
 * Fits variance over level, to dark pixels and to pixels under molecules.
 * This is the photon transfer of Janesick, Klaasen and Elliott (1987, Opt. Eng. 26, 972).
 * @returns undefined where the levels do not differ enough for a slope
 */
export async function noiseLine(
  dark: readonly DarkMoments[],
  samples: NoiseSamples,
  pauses: Pauses,
): Promise<NoiseLine | undefined> {
  const darkPoints = dark.map(({ level, variance, count }) => ({
    level,
    variance,
    error: variance * Math.hypot(FLOOR, Math.sqrt(3 / count)),
  }));
  const all = Uint32Array.from(samples.levels.keys());
  let line = fitLine(dark, [...darkPoints, ...groupsOf(samples, all, medianPoint)]);
  for (let round = 0; round < ROUNDS && line; round++) {
    const likely = await ofLikelyPairs(samples, line, pauses);
    line = fitLine(dark, [...darkPoints, ...groupsOf(samples, likely, meanPoint)]);
  }
  return line;
}

function fitLine(dark: readonly DarkMoments[], points: readonly Point[]): NoiseLine | undefined {
  const weights = points.map(({ error }) => 1 / error ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point, i) => sum + weights[i]! * of(point), 0) / total;
  const [level, variance] = [mean((point) => point.level), mean((point) => point.variance)];
  const spread = mean((point) => (point.level - level) ** 2);
  const slope = mean((point) => (point.level - level) * (point.variance - variance)) / spread;
  if (!(slope > 0) || !Number.isFinite(slope)) return undefined;
  const count = dark.reduce((sum, group) => sum + group.count, 0);
  const darkLevel = dark.reduce((sum, group) => sum + group.count * group.level, 0) / count;
  return {
    slope,
    slopeError: 1 / Math.sqrt(total * spread),
    level: darkLevel,
    variance: variance + slope * (darkLevel - level),
  };
}

/**
 * Samples of the pairs whose noise is about what the line says.
 * In other pairs, a second molecule came or went.
 */
async function ofLikelyPairs(
  { pairs, levels, variances, shares }: NoiseSamples,
  line: NoiseLine,
  pauses: Pauses,
): Promise<Uint32Array> {
  const likely: number[] = [];
  for (const [p, first] of pairs.entries()) {
    if (p % PAIRS_A_STEP === 0) await pauses.pause();
    const end = pairs[p + 1] ?? levels.length;
    let [sum, freedom] = [0, 0];
    for (let i = first; i < end; i++) {
      const expected = line.variance + line.slope * (levels[i]! - line.level);
      sum += (shares[i]! * variances[i]!) / Math.max(line.variance / 2, expected);
      freedom += shares[i]!;
    }
    if (sum > freedom + LIKELY * Math.sqrt(2 * freedom)) continue;
    for (let i = first; i < end; i++) likely.push(i);
  }
  return Uint32Array.from(likely);
}

/**
 * Groups samples by the height of the molecule's image, and makes a point of each group.
 * Noise changes a sample's level, but not this height.
 */
function groupsOf(
  samples: NoiseSamples,
  chosen: Uint32Array,
  pointOf: (samples: NoiseSamples, part: Uint32Array) => Point,
): Point[] {
  const { heights } = samples;
  const inner = chosen.filter((i) => heights[i]! >= LEAST_HEIGHT);
  const groups = Math.min(GROUPS, Math.floor(inner.length / FEWEST_IN_GROUP));
  if (groups === 0) return [];
  return quantileGroups(
    Float64Array.from(inner, (i) => heights[i]!),
    groups,
  ).map((group) =>
    pointOf(
      samples,
      group.map((at) => inner[at]!),
    ),
  );
}

function meanPoint({ levels, variances }: NoiseSamples, part: Uint32Array): Point {
  const count = part.length;
  let [level, variance, squares] = [0, 0, 0];
  for (const i of part) {
    level += levels[i]!;
    variance += variances[i]!;
    squares += variances[i]! ** 2;
  }
  variance /= count;
  const error = Math.sqrt(Math.max(0, squares / count - variance ** 2) / count);
  return { level: level / count, variance, error: Math.hypot(error, FLOOR * variance) };
}

/** Like {@link meanPoint}, but from medians, which outliers hardly change. */
function medianPoint({ levels, variances }: NoiseSamples, part: Uint32Array): Point {
  const level = median(Float64Array.from(part, (i) => levels[i]!));
  const variance = median(Float64Array.from(part, (i) => variances[i]!)) / SQUARE_MEDIAN;
  return { level, variance, error: variance * Math.sqrt(5 / part.length) };
}
