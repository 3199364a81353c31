import { SIGNS, type Sign } from "./frame-signs.js";
import { KIND_WORDS, KINDS, type Kind } from "./kinds.js";
import { outputsOf, type Perceptron } from "./perceptron.js";

/** What a model carries to say how far its counts are to be trusted. */
export interface Certainty {
  /** From signs to logarithms of the two errors over their {@link errorUnit}. */
  errors: Perceptron;
  /** From signs to a number for each kind of frame, whose exponentials are to each other as probabilities. */
  kinds: Perceptron;
  /** Factors of the two expected errors, by which 68 of 100 errors are smaller. */
  factors: readonly [count: number, maxLocalCount: number];
  /** Logarithm of the odds of a frame to be a usual one, below which it is called something else. */
  leastOdds: number;
  /** For some signs, between what values they lay. */
  ranges: Partial<Record<Sign, readonly [least: number, most: number]>>;
  /** Usual frames that all this was measured on. */
  frames: number;
  /** Settings of the frames that it was trained on, as far as they are numbers. */
  trainedOn: Readonly<Record<string, readonly [least: number, most: number]>>;
}

/** How much its networks say. */
export const OUTPUTS = { errors: 2, kinds: KINDS.length } as const;

/** Of how far a count is off if nothing else is known: molecules come and go by chance. */
export function errorUnit(count: number): number {
  return Math.sqrt(0.02 + Math.max(0, count));
}

/** Signs whose range is watched, and what is said of a frame beyond it. */
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

/** What a frame's signs tell. */
export interface SignsJudgement {
  countError: number;
  maxLocalCountError: number;
  /** Why the frame is unlike those of the training; empty where it is like them. */
  unlike: string;
}

/** Says what is to be expected of a frame with these signs. */
export function judgeSigns(
  { errors, kinds, factors, leastOdds, ranges }: Certainty,
  signs: Float64Array,
  { count, maxLocalCount }: { count: number; maxLocalCount: number },
): SignsJudgement {
  const [ofCount, ofLocal] = outputsOf(errors, signs) as unknown as [number, number];
  const kind = likeliestKind(outputsOf(kinds, signs), leastOdds);
  return {
    countError: factors[0] * Math.exp(ofCount) * errorUnit(count),
    maxLocalCountError: factors[1] * Math.exp(ofLocal) * errorUnit(maxLocalCount),
    unlike: kind === "usual" ? beyondRange(ranges, signs) : KIND_WORDS[kind],
  };
}

/** Logarithm of the odds that a frame is a usual one. @param kinds what the network of kinds says */
export function oddsOfUsual(kinds: Float64Array): number {
  let others = 0;
  for (let k = 1; k < kinds.length; k++) others += Math.exp(kinds[k]! - kinds[0]!);
  return -Math.log(others);
}

function likeliestKind(kinds: Float64Array, leastOdds: number): Kind {
  if (oddsOfUsual(kinds) >= leastOdds) return "usual";
  let best = 1;
  for (let k = 2; k < kinds.length; k++) if (kinds[k]! > kinds[best]!) best = k;
  return KINDS[best]!;
}

function beyondRange(ranges: Certainty["ranges"], signs: Float64Array): string {
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
