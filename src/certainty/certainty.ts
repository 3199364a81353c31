import { SIGNS, type Sign } from "./frame-signs.js";
import { KIND_WORDS, KINDS, type Kind } from "./kinds.js";
import { forward, type Perceptron, standardised } from "./perceptron.js";

/** What a model carries to say how far its counts are to be trusted. */
export interface Certainty {
  /** From {@link SIGNS} to {@link OUTPUTS}. */
  network: Perceptron;
  /** Factors of the two expected errors, by which 68 of 100 errors are smaller. */
  factors: readonly [count: number, maxLocalCount: number];
  /** Logarithm of the odds of a frame to be a usual one, below which it is called something else. */
  leastOdds: number;
  /** For some signs, between what values they lay. */
  ranges: Partial<Record<Sign, readonly [least: number, most: number]>>;
  /** Settings of the frames that it was trained on, as far as they were drawn from ranges or are the same in all. */
  trainedOn: Readonly<Record<string, readonly [least: number, most: number]>>;
}

/** What the network says: logarithms of the two errors over {@link errorUnit}, and a number for each kind whose exponentials are to each other as probabilities. */
export const OUTPUTS = 2 + KINDS.length;

/** Of how far a count is off if nothing else is known: molecules come and go by chance. */
export function errorUnit(count: number): number {
  return Math.sqrt(0.02 + Math.max(0, count));
}

/** Signs whose range is watched, and what is said of a frame beyond it. */
export const RANGE_WORDS = {
  width: ["spots are narrower than in the training", "spots are wider than in the training"],
  brightness: ["spots are dimmer than in the training", "spots are brighter than in the training"],
  noise: ["noise is less than in the training", "noise is more than in the training"],
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

/** Memory for {@link judgeSigns}; one for each thread suffices. */
export class JudgingMemory {
  readonly inputs = new Float64Array(SIGNS.length);
  readonly outputs = new Float64Array(OUTPUTS);
  hidden = new Float64Array(0);
}

/** Says what is to be expected of a frame with these signs. */
export function judgeSigns(
  { network, factors, leastOdds, ranges }: Certainty,
  signs: Float64Array,
  counts: { count: number; maxLocalCount: number },
  memory: JudgingMemory,
): SignsJudgement {
  if (memory.hidden.length !== network.hidden) memory.hidden = new Float64Array(network.hidden);
  const { inputs, outputs, hidden } = memory;
  standardised(network, signs, inputs);
  forward(network, inputs, hidden, outputs);
  const error = (which: 0 | 1, count: number) =>
    factors[which] * Math.exp(outputs[which]!) * errorUnit(count);
  const kind = likeliestKind(outputs, leastOdds);
  return {
    countError: error(0, counts.count),
    maxLocalCountError: error(1, counts.maxLocalCount),
    unlike: kind === "usual" ? beyondRange(ranges, signs) : KIND_WORDS[kind],
  };
}

/** Logarithm of the odds that a frame is a usual one. */
export function oddsOfUsual(outputs: ArrayLike<number>): number {
  let others = 0;
  for (let k = 1; k < KINDS.length; k++) others += Math.exp(outputs[2 + k]! - outputs[2]!);
  return -Math.log(others);
}

function likeliestKind(outputs: Float64Array, leastOdds: number): Kind {
  if (oddsOfUsual(outputs) >= leastOdds) return "usual";
  let best = 1;
  for (let k = 2; k < KINDS.length; k++) if (outputs[2 + k]! > outputs[2 + best]!) best = k;
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
