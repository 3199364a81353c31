import { SIGNS, type Sign } from "./frame-signs.js";
import { KIND_WORDS, KINDS, type Kind } from "./kinds.js";
import { outputsOf, type Perceptron } from "./perceptron.js";

/** What a model holds to tell how far its counts are to be trusted. */
export interface Certainty {
  /** Network from signs to the logarithms of both errors over their {@link errorUnit}. */
  errors: Perceptron;
  /**
   * Network from signs to one number per kind of frame.
   * The ratios of their exponentials are those of the kinds' probabilities.
   */
  kinds: Perceptron;
  /** Factors of the two expected errors that make 68 of 100 errors smaller. */
  factors: readonly [count: number, maxLocalCount: number];
  /**
   * For each kind but the usual one, the logarithm of its odds against the usual one above which a
   * frame is taken for it.
   */
  limits: readonly number[];
  /** The ranges of some signs. */
  ranges: Partial<Record<Sign, readonly [least: number, most: number]>>;
  /** Number of usual frames that all this was measured on. */
  frames: number;
  /** Ranges of the settings of the training's frames, as far as they are numbers. */
  trainedOn: Readonly<Record<string, readonly [least: number, most: number]>>;
}

/** Outputs of the two networks. */
export const OUTPUTS = { errors: 2, kinds: KINDS.length } as const;

/** Error of a count if nothing else is known: molecules come and go by chance. */
export function errorUnit(count: number): number {
  return Math.sqrt(0.02 + Math.max(0, count));
}

/** Signs whose range is checked, and the words for a frame beyond it. */
export const RANGE_WORDS = {
  width: ["spots are narrower than in the training", "spots are wider than in the training"],
  brightness: ["spots are dimmer than in the training", "spots are brighter than in the training"],
  noise: [
    "the brightest pixel stands farther out of the noise than in the training",
    "the brightest pixel stands out of the noise less than in the training",
  ],
  spread: [
    "the background is smoother than in the training",
    "the background is more uneven than in the training",
  ],
  crowding: [
    "spots are nearer to each other than in the training",
    "spots are farther from each other than in the training",
  ],
} as const satisfies Partial<Record<Sign, readonly [below: string, above: string]>>;

/** What a frame's signs say. */
export interface SignsJudgement {
  countError: number;
  maxLocalCountError: number;
  /** Why the frame is unlike those of the training; empty if it is like them. */
  unlike: string;
}

/** Judges a frame by its signs. */
export function judgeSigns(
  { errors, kinds, factors, limits, ranges }: Certainty,
  signs: Float64Array,
  { count, maxLocalCount }: { count: number; maxLocalCount: number },
): SignsJudgement {
  const [ofCount, ofLocal] = outputsOf(errors, signs) as unknown as [number, number];
  const kind = likeliestKind(outputsOf(kinds, signs), limits);
  return {
    countError: factors[0] * Math.exp(ofCount) * errorUnit(count),
    maxLocalCountError: factors[1] * Math.exp(ofLocal) * errorUnit(maxLocalCount),
    unlike: kind === "usual" ? beyondRange(ranges, signs) : KIND_WORDS[kind],
  };
}

/**
 * Logarithm of the odds of a kind against the usual one.
 * @param kinds outputs of the network of kinds
 * @param k the kind's place among those that are not usual
 */
export function oddsOf(kinds: ArrayLike<number>, k: number): number {
  return kinds[k + 1]! - kinds[0]!;
}

/** The kind whose odds are farthest above its limit; the usual one if none are. */
function likeliestKind(kinds: Float64Array, limits: readonly number[]): Kind {
  let [found, farthest]: [Kind, number] = ["usual", 0];
  for (let k = 0; k < limits.length; k++) {
    const above = oddsOf(kinds, k) - limits[k]!;
    if (above > farthest) [found, farthest] = [KINDS[k + 1]!, above];
  }
  return found;
}

/** The words for the first sign beyond its range; empty if there is none. */
export function beyondRange(ranges: Certainty["ranges"], signs: Float64Array): string {
  for (const [name, [below, above]] of Object.entries(RANGE_WORDS) as [
    keyof typeof RANGE_WORDS,
    readonly [string, string],
  ][]) {
    const range = ranges[name];
    const value = signs[SIGNS.indexOf(name)]!;
    if (range && value < range[0]) return below;
    if (range && value > range[1]) return above;
  }
  return "";
}
