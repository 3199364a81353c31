import { quantile } from "../base/quantiles.js";
import {
  beyondRange,
  type Certainty,
  errorUnit,
  OUTPUTS,
  oddsOf,
  RANGE_WORDS,
} from "../certainty/certainty.js";
import { SIGNS, type Sign } from "../certainty/frame-signs.js";
import { KINDS, type Kind } from "../certainty/kinds.js";
import { outputsOf } from "../certainty/perceptron.js";
import { trainJointly, trainPerceptron } from "./perceptron-training.js";

/** A frame whose truth is known: its signs, and the errors of a model's counts. */
export interface LearntFrame {
  kind: Kind;
  signs: Float64Array;
  count: number;
  maxLocalCount: number;
  countError: number;
  maxLocalCountError: number;
}

export interface LearningOptions {
  trainedOn: Certainty["trainedOn"];
  seed: number;
  signal?: AbortSignal | undefined;
}

const ERRORS = { hidden: 32, epochs: 25, outputs: OUTPUTS.errors } as const;
const OF_KINDS = { members: 3, hidden: 64, epochs: 40, outputs: OUTPUTS.kinds } as const;
/**
 * Blocks of frames, one of which is held back, and frames of a block. Factors and odds come from
 * those.
 */
const [HELD_BACK, BLOCK] = [5, 4];
/**
 * Degrees of freedom of Student's distribution, which errors over their expectation follow.
 * It allows for frames with errors beyond all expectation.
 */
const FREEDOM = 4;
/** Largest size of the logarithm of an error over its unit. */
const MOST_LOG = 6;
/** Shares: of errors within the expected one, and of usual frames that get a reason. */
const [WITHIN, FALSE_ALARMS] = [0.6827, 0.017];
/**
 * How the false alarms are shared out. With one limit for all kinds together, those that usual
 * frames resemble most would take all of them. Long and wide spots need most: the training has
 * some too.
 */
const SHARES: Record<Exclude<Kind, "usual">, number> = {
  ...{ doubled: 1, elongated: 2, unfocused: 2, saturated: 1, filtered: 1 },
};
/** Halvings of the part of usual frames that are above limits. */
const HALVINGS = 20;
/** Share of usual frames beyond each end of a sign's range. */
const BEYOND = 3e-4;

/**
 * Learns from frames which errors to expect, and which frames are unlike those of a training.
 * @param start certainty to start from
 */
export async function learnCertainty(
  frames: readonly LearntFrame[],
  { trainedOn, seed, signal }: LearningOptions,
  start?: Certainty,
): Promise<Certainty> {
  const isHeldBack = (_: LearntFrame, i: number) => Math.floor(i / BLOCK) % HELD_BACK === 0;
  const isUsual = ({ kind }: LearntFrame) => kind === "usual";
  const learnt = frames.filter((frame, i) => !isHeldBack(frame, i));
  const heldBack = frames.filter(isHeldBack).filter(isUsual);
  const errors = await learnErrors(learnt.filter(isUsual), { seed, signal }, start);
  const kinds = await learnKinds(learnt, { seed, signal }, start);
  const said = heldBack.map(({ signs }) => outputsOf(errors, signs));
  const factors = MEASURES.map(({ error, count }, which) =>
    quantileOf(
      heldBack.map((frame, i) => error(frame) / (Math.exp(said[i]![which]!) * errorUnit(count(frame)))),
      WITHIN,
    ),
  );
  const ranges = rangesOf(frames.filter(isUsual));
  const ofUsual = heldBack.map(({ signs }) => ({
    kinds: outputsOf(kinds, signs),
    beyond: beyondRange(ranges, signs) !== "",
  }));
  return {
    ...{ errors, kinds, trainedOn, frames: frames.filter(isUsual).length },
    factors: [factors[0]!, factors[1]!],
    limits: limitsOf(ofUsual),
    ranges,
  };
}

/** Outputs of the network of kinds for a usual frame, and whether a sign is beyond its range. */
interface UsualFrame {
  kinds: Float64Array;
  beyond: boolean;
}

/**
 * The lowest limits, shared out by {@link SHARES}, with which few enough usual frames get a reason.
 */
function limitsOf(ofUsual: readonly UsualFrame[]): number[] {
  const shares = KINDS.slice(1).map((kind) => SHARES[kind as keyof typeof SHARES]);
  const odds = shares.map((_, k) => Float64Array.from(ofUsual, ({ kinds }) => oddsOf(kinds, k)).sort());
  const limitsFor = (part: number) =>
    shares.map((share, k) => quantile(odds[k]!, Math.max(0, 1 - part * share), Math.ceil));
  const alarms = (limits: readonly number[]) =>
    ofUsual.filter(({ kinds, beyond }) => beyond || limits.some((limit, k) => oddsOf(kinds, k) > limit))
      .length;
  let [least, most] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (least + most) / 2;
    if (alarms(limitsFor(middle)) <= FALSE_ALARMS * ofUsual.length) least = middle;
    else most = middle;
  }
  return limitsFor(least);
}

/** The two counts, in the order of the network's outputs. */
const MEASURES = [
  { error: (frame: LearntFrame) => frame.countError, count: (frame: LearntFrame) => frame.count },
  {
    error: (frame: LearntFrame) => frame.maxLocalCountError,
    count: (frame: LearntFrame) => frame.maxLocalCount,
  },
] as const;

type Seeded = Pick<LearningOptions, "seed" | "signal">;

/** Maximises Student's likelihood of the errors. */
function learnErrors(frames: readonly LearntFrame[], options: Seeded, start?: Certainty) {
  const targets = frames.map((frame) =>
    MEASURES.map(({ error, count }) => error(frame) / errorUnit(count(frame))),
  );
  return trainPerceptron(
    frames.map(({ signs }) => signs),
    (sample, outputs, slopes) => {
      for (let which = 0; which < slopes.length; which++) {
        const log = outputs[which]!;
        const ratio = targets[sample]![which]! / Math.exp(Math.max(-MOST_LOG, Math.min(MOST_LOG, log)));
        const u = (ratio * ratio) / FREEDOM;
        const slope = 1 - ((FREEDOM + 1) * u) / (1 + u);
        const leaves = (log < -MOST_LOG && slope > 0) || (log > MOST_LOG && slope < 0);
        slopes[which] = leaves ? 0 : slope;
      }
    },
    { ...ERRORS, ...options, name: "errors" },
    start?.errors,
  );
}

/** Maximises the likelihood of the kinds. */
function learnKinds(frames: readonly LearntFrame[], options: Seeded, start?: Certainty) {
  const kinds = frames.map(({ kind }) => KINDS.indexOf(kind));
  return trainJointly(
    OF_KINDS.members,
    frames.map(({ signs }) => signs),
    (sample, outputs, slopes) => {
      const highest = outputs.reduce((most, value) => Math.max(most, value));
      let sum = 0;
      for (let k = 0; k < slopes.length; k++) {
        slopes[k] = Math.exp(outputs[k]! - highest);
        sum += slopes[k]!;
      }
      for (let k = 0; k < slopes.length; k++) slopes[k] = slopes[k]! / sum - (k === kinds[sample] ? 1 : 0);
    },
    { ...OF_KINDS, ...options, name: "kinds" },
    start?.kinds,
  );
}

function rangesOf(frames: readonly LearntFrame[]): Certainty["ranges"] {
  const range = (name: Sign) => {
    const values = frames.map(({ signs }) => signs[SIGNS.indexOf(name)]!);
    return [quantileOf(values, BEYOND), quantileOf(values, 1 - BEYOND)] as const;
  };
  const names = Object.keys(RANGE_WORDS) as (keyof typeof RANGE_WORDS)[];
  return Object.fromEntries(names.map((name) => [name, range(name)]));
}

function quantileOf(values: readonly number[], share: number): number {
  return quantile(Float64Array.from(values).sort(), share);
}
