import { robustDeviation } from "../../base/quantiles.js";
import type { Pauses } from "./pauses.js";
import type { RunFrames } from "./run-frames.js";
import type { RunSpot } from "./run-spots.js";
import { fitReach } from "./spot-fit.js";
import { PIXEL_VARIANCE } from "./spot-widths.js";
import type { Track } from "./tracks.js";

/** Most pairs of spots that are used, in all runs together, about. */
export const MOST_PAIRS = 6_000;
/** Pairs between two pauses. */
const PAIRS_A_STEP = 64;
/** Tracks between two pauses. */
const TRACKS_A_STEP = 2_000;
/**
 * Deviations of noise within which light, width and position may change within a pair.
 * Beyond, another molecule came or went. The limit is wide because pairs selected for small changes
 * would have less noise than others.
 */
const STEADY = 5;
/** Largest relative change of light: beyond, the image's form would have to be known too well. */
const MOST_CHANGE = 0.4;
/** Pairs of whole frames that are enough to show how fits change by noise alone. */
const ENOUGH_WHOLE = 20;

/** The noise of pixels under molecules, in columns of equal length; counts. */
export class NoiseSamples {
  readonly levels: number[] = [];
  readonly variances: number[] = [];
  /** Share of a pixel's noise that is left in a sample, 0 to 1, after subtracting the rest. */
  readonly shares: number[] = [];
  /** Height of the molecule's image, 1 at its middle. */
  readonly heights: number[] = [];
  /** Index of the first sample of each pair of spots. */
  readonly pairs: number[] = [];
}

/**
 * Takes the noise of pixels under molecules that are seen in two consecutive frames.
 * From the difference of both frames, least squares subtract what is flat, what has the molecule's
 * form, and what moves or widens it, so that a molecule whose light changes adds nothing. The part
 * of the noise that this removes is known: with these forms as orthonormal vectors u and h = Σ u
 * uᵀ, the rest of pixel i has the variance (1 − 2 h_ii) v_i + Σ_j h_ij² v_j, which is linear in the
 * levels if v is.
 * @param saturation level at which pixels saturate; pairs that reach it are left out
 * @param most pairs that are taken
 */
export async function addNoiseSamples(
  samples: NoiseSamples,
  run: RunFrames,
  tracks: readonly Track[],
  sigma: number,
  saturation: number,
  most: number,
  pauses: Pauses,
): Promise<void> {
  const pairs = await steadyPairs(tracks, pauses);
  const count = Math.min(most, pairs.length);
  for (let i = 0; i < count; i++) {
    const { before, after } = pairs[Math.floor((i * pairs.length) / count)]!;
    addPair(samples, run, before, after, fitReach(sigma), saturation);
    if (i % PAIRS_A_STEP === 0) await pauses.pause();
  }
}

/** A molecule in two consecutive frames. */
interface SpotPair {
  before: RunSpot;
  after: RunSpot;
  /** Whether it is also on in the frame before and in the frame after. */
  whole: boolean;
  /** Changes of its fit: light and variance, relative, and position, pixels. */
  changes: readonly [light: number, variance: number, place: number];
}

/** Pairs whose fits differ by no more than noise explains. */
async function steadyPairs(tracks: readonly Track[], pauses: Pauses): Promise<SpotPair[]> {
  const pairs: SpotPair[] = [];
  for (const [t, { spots }] of tracks.entries()) {
    for (let i = 1; i < spots.length; i++) {
      const [before, after] = [spots[i - 1]!, spots[i]!];
      const changes = changesBetween(before, after);
      if (changes) pairs.push({ before, after, changes, whole: i > 1 && i + 1 < spots.length });
    }
    if (t % TRACKS_A_STEP === 0) await pauses.pause();
  }
  const whole = pairs.filter((pair) => pair.whole);
  const typical = whole.length >= ENOUGH_WHOLE ? whole : pairs;
  const limits = [0, 1, 2].map(
    (k) =>
      STEADY *
      robustDeviation(
        typical.map(({ changes }) => changes[k]!),
        0,
      ),
  );
  limits[0] = Math.min(MOST_CHANGE, limits[0]!);
  return pairs.filter(({ changes }) => changes.every((change, k) => Math.abs(change) <= limits[k]!));
}

function changesBetween({ fit: a }: RunSpot, { fit: b }: RunSpot): SpotPair["changes"] | undefined {
  if (!a || !b) return undefined;
  const [first, second] = [a.xx + a.yy, b.xx + b.yy];
  return [
    (2 * (b.light - a.light)) / (a.light + b.light),
    (2 * (second - first)) / (first + second),
    Math.hypot(b.x - a.x, b.y - a.y),
  ];
}

function addPair(
  samples: NoiseSamples,
  { width, height, values }: RunFrames,
  before: RunSpot,
  after: RunSpot,
  reach: number,
  saturation: number,
): void {
  const [a, b] = [before.fit!, after.fit!];
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const [xx, yy, xy] = [(a.xx + b.xx) / 2, (a.yy + b.yy) / 2, (a.xy + b.xy) / 2];
  const [left, top] = [Math.round(x) - reach, Math.round(y) - reach];
  const side = 2 * reach + 1;
  if (left < 0 || top < 0 || left + side > width || top + side > height) return;
  const count = side * side;
  const curve = integratedCurve(left - x, top - y, side, [xx, yy, xy]);
  const [difference, sum] = [new Float64Array(count), new Float64Array(count)];
  for (let at = 0; at < count; at++) {
    const place = (top + Math.floor(at / side)) * width + left + (at % side);
    const first = values[before.frame * width * height + place]!;
    const second = values[after.frame * width * height + place]!;
    if (first >= saturation || second >= saturation) return;
    difference[at] = second - first;
    sum[at] = second + first;
  }
  if (!curve) return;
  const forms = orthonormal(formsOf(curve, left - x, top - y, side));
  const rests = difference.slice();
  for (const form of forms) addTimes(rests, form, -dot(form, difference));
  samples.pairs.push(samples.levels.length);
  for (let i = 0; i < count; i++) {
    let [own, squares, levels] = [0, 0, 0];
    for (let j = 0; j < count; j++) {
      let product = 0;
      for (let f = 0; f < forms.length; f++) product += forms[f]![i]! * forms[f]![j]!;
      squares += product * product;
      levels += product * product * sum[j]!;
      if (j === i) own = product;
    }
    // Both frames together have twice the read noise.
    const parts = 2 * (1 - 2 * own + squares);
    samples.levels.push(((1 - 2 * own) * sum[i]! + levels) / parts);
    samples.variances.push(rests[i]! ** 2 / parts);
    samples.shares.push(parts / 2);
    samples.heights.push(curve[i]!);
  }
}

/**
 * The forms that are subtracted: flat; a molecule's form; that form times x, y, x², y² and xy.
 * The last five describe how it changes when it moves or widens.
 */
function formsOf(curve: Float64Array, left: number, top: number, side: number): Float64Array[] {
  const times = (factor: (x: number, y: number) => number) =>
    curve.map((value, i) => value * factor(left + (i % side), top + Math.floor(i / side)));
  return [
    new Float64Array(curve.length).fill(1),
    curve,
    times((x) => x),
    times((_, y) => y),
    times((x) => x * x),
    times((_, y) => y * y),
    times((x, y) => x * y),
  ];
}

/** Positions and weights of three points that integrate over a pixel (Gauss and Legendre). */
const INTEGRATION = [
  [-Math.sqrt(0.15), 5 / 18],
  [0, 8 / 18],
  [Math.sqrt(0.15), 5 / 18],
] as const;

/**
 * A Gaussian of height 1, integrated over pixels.
 * The variances of a fit include that of the pixel, which is subtracted first.
 * @param left,top position of the first pixel's middle, from that of the Gaussian
 */
function integratedCurve(
  left: number,
  top: number,
  side: number,
  [fitXX, fitYY, xy]: readonly [number, number, number],
): Float64Array | undefined {
  const [xx, yy] = [fitXX - PIXEL_VARIANCE, fitYY - PIXEL_VARIANCE];
  const determinant = xx * yy - xy * xy;
  if (!(xx > 0 && determinant > 0)) return undefined;
  const [a, b, c] = [(-0.5 * yy) / determinant, xy / determinant, (-0.5 * xx) / determinant];
  return Float64Array.from({ length: side * side }, (_, i) => {
    let sum = 0;
    for (const [u, weightX] of INTEGRATION) {
      for (const [v, weightY] of INTEGRATION) {
        const [dx, dy] = [left + (i % side) + u, top + Math.floor(i / side) + v];
        sum += weightX * weightY * Math.exp(a * dx * dx + b * dx * dy + c * dy * dy);
      }
    }
    return sum;
  });
}

/** Makes each vector orthogonal to those before it, and of length 1 (Gram and Schmidt). */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    for (const before of done) addTimes(rest, before, -dot(before, rest));
    const length = Math.sqrt(dot(rest, rest));
    done.push(rest.map((value) => value / length));
  }
  return done;
}

function addTimes(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + factor * vector[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
