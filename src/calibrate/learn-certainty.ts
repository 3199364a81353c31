import { setImmediate } from "node:timers/promises";
import { Random } from "../base/random.js";
import { type Certainty, errorUnit, OUTPUTS, oddsOfUsual, RANGE_WORDS } from "../certainty/certainty.js";
import { SIGNS, type Sign } from "../certainty/frame-signs.js";
import { KINDS, type Kind } from "../certainty/kinds.js";
import { forward, type Perceptron, standardised } from "../certainty/perceptron.js";

/** A frame whose truth is known: its signs, and by how much a model's counts of it were off. */
export interface LearntFrame {
  kind: Kind;
  signs: Float64Array;
  count: number;
  maxLocalCount: number;
  countError: number;
  maxLocalCountError: number;
}

const HIDDEN = 32;
const EPOCHS = 25;
const BATCH = 32;
/** Adam's step size (Kingma and Ba 2015), falling by half a cosine, and its two decays. */
const [RATE, FIRST_DECAY, SECOND_DECAY, EPSILON] = [4e-3, 0.9, 0.999, 1e-8];
/** Share of weights that each step takes away: frames are few. */
const WEIGHT_DECAY = 2e-3;
/** Frames that factors and odds are read from and nothing is learnt from: one block of so many in five. */
const [HELD_BACK, BLOCK] = [5, 4];
/** Degrees of freedom of the distribution that errors over their expectation are taken to have (Student): some frames are beyond all expectation. */
const FREEDOM = 4;
/** The logarithm of an error over its unit is taken to be within this of 0. */
const MOST_LOG = 6;
/** Errors within the expected one, of all; and usual frames that are called something else. */
const [WITHIN, FALSE_ALARMS] = [0.6827, 0.01];
/** Share of usual frames beyond each end of a sign's range. */
const BEYOND = 5e-4;

/** Learns from frames what errors to expect, and which frames are unlike those of a training. */
export async function learnCertainty(
  frames: readonly LearntFrame[],
  { trainedOn, seed, signal }: { trainedOn: Certainty["trainedOn"]; seed: number; signal?: AbortSignal },
  start?: Certainty,
): Promise<Certainty> {
  const isHeldBack = (i: number) => Math.floor(i / BLOCK) % HELD_BACK === 0;
  const learnt = frames.filter((_, i) => !isHeldBack(i));
  const heldBack = frames.filter((frame, i) => isHeldBack(i) && frame.kind === "usual");
  const network = start ? copyOf(start.network) : fresh(learnt, new Random(seed, "certainty", "weights"));
  await learn(network, learnt, seed, signal);
  const said = heldBack.map(({ signs }) => outputsOf(network, signs));
  const factor = (
    which: 0 | 1,
    error: (frame: LearntFrame) => number,
    count: (frame: LearntFrame) => number,
  ) =>
    quantileOf(
      heldBack.map((frame, i) => error(frame) / (Math.exp(said[i]![which]!) * errorUnit(count(frame)))),
      WITHIN,
    );
  const usual = frames.filter(({ kind }) => kind === "usual");
  const range = (name: Sign) => {
    const values = usual.map(({ signs }) => signs[SIGNS.indexOf(name)]!);
    return [quantileOf(values, BEYOND), quantileOf(values, 1 - BEYOND)] as const;
  };
  const names = Object.keys(RANGE_WORDS) as (keyof typeof RANGE_WORDS)[];
  return {
    network,
    factors: [
      factor(
        0,
        (frame) => frame.countError,
        (frame) => frame.count,
      ),
      factor(
        1,
        (frame) => frame.maxLocalCountError,
        (frame) => frame.maxLocalCount,
      ),
    ],
    leastOdds: quantileOf(said.map(oddsOfUsual), FALSE_ALARMS),
    ranges: Object.fromEntries(names.map((name) => [name, range(name)])),
    trainedOn,
  };
}

async function learn(
  network: Perceptron,
  frames: readonly LearntFrame[],
  seed: number,
  signal?: AbortSignal,
): Promise<void> {
  const inputs = frames.map(({ signs }) => {
    const input = new Float64Array(SIGNS.length);
    standardised(network, signs, input);
    return input;
  });
  const targets = frames.map((frame) => [
    frame.countError / errorUnit(frame.count),
    frame.maxLocalCountError / errorUnit(frame.maxLocalCount),
  ]);
  const kinds = frames.map(({ kind }) => KINDS.indexOf(kind));
  const walk = new Walk(network);
  const steps = EPOCHS * Math.ceil(frames.length / BATCH);
  let step = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    signal?.throwIfAborted();
    const order = new Random(seed, "certainty", "epoch", epoch).permutation(frames.length);
    for (let at = 0; at < order.length; at += BATCH) {
      for (const i of order.subarray(at, at + BATCH)) walk.add(inputs[i]!, targets[i]!, kinds[i]!);
      walk.step((RATE * (1 + Math.cos((Math.PI * step++) / steps))) / 2);
      if (step % 8 === 0) await setImmediate();
    }
  }
}

function copyOf({ first, second, ...network }: Perceptron): Perceptron {
  return { ...network, first: first.slice(), second: second.slice() };
}

function fresh(frames: readonly LearntFrame[], random: Random): Perceptron {
  const inputs = SIGNS.length;
  const mean = new Float64Array(inputs);
  const deviation = new Float64Array(inputs);
  for (let i = 0; i < inputs; i++) {
    const sum = frames.reduce((total, { signs }) => total + signs[i]!, 0);
    mean[i] = sum / frames.length;
    const squares = frames.reduce((total, { signs }) => total + (signs[i]! - mean[i]!) ** 2, 0);
    // A sign that is the same in all frames says nothing.
    deviation[i] = Math.sqrt(squares / frames.length) || 1;
  }
  const weights = (rows: number, columns: number) =>
    Float64Array.from({ length: rows * (columns + 1) }, (_, i) =>
      i % (columns + 1) === columns ? 0 : random.normal() / Math.sqrt(columns),
    );
  return {
    ...{ mean, deviation, hidden: HIDDEN, outputs: OUTPUTS },
    ...{ first: weights(HIDDEN, inputs), second: weights(OUTPUTS, HIDDEN) },
  };
}

/** Gradients of a batch, and Adam's memory. */
class Walk {
  private readonly hidden: Float64Array;
  private readonly outputs = new Float64Array(OUTPUTS);
  private readonly layers: {
    weights: Float64Array;
    gradient: Float64Array;
    first: Float64Array;
    second: Float64Array;
  }[];
  private added = 0;
  private steps = 0;

  constructor(private readonly network: Perceptron) {
    this.hidden = new Float64Array(network.hidden);
    this.layers = [network.first, network.second].map((weights) => ({
      weights,
      gradient: new Float64Array(weights.length),
      first: new Float64Array(weights.length),
      second: new Float64Array(weights.length),
    }));
  }

  /** Adds a frame's gradient: Student's likelihood of a usual frame's errors, and the likelihood of its kind. */
  add(input: Float64Array, errors: readonly number[], kind: number): void {
    const { network, hidden, outputs } = this;
    forward(network, input, hidden, outputs);
    const slopes = this.slopes(errors, kind);
    const [first, second] = this.layers.map(({ gradient }) => gradient) as [Float64Array, Float64Array];
    const units = network.hidden;
    const columns = input.length + 1;
    for (let unit = 0; unit < units; unit++) {
      let back = 0;
      for (let o = 0; o < OUTPUTS; o++) {
        const at = o * (units + 1) + unit;
        back += slopes[o]! * network.second[at]!;
        second[at]! += slopes[o]! * hidden[unit]!;
      }
      back *= 1 - hidden[unit]! ** 2;
      for (let i = 0; i < input.length; i++) first[unit * columns + i]! += back * input[i]!;
      first[unit * columns + input.length]! += back;
    }
    for (let o = 0; o < OUTPUTS; o++) second[o * (units + 1) + units]! += slopes[o]!;
    this.added++;
  }

  private slopes(errors: readonly number[], kind: number): number[] {
    const { outputs } = this;
    const slopes = new Array<number>(OUTPUTS).fill(0);
    for (let which = 0; which < 2 && kind === 0; which++) {
      const log = outputs[which]!;
      const ratio = errors[which]! / Math.exp(Math.max(-MOST_LOG, Math.min(MOST_LOG, log)));
      const u = (ratio * ratio) / FREEDOM;
      const slope = 1 - ((FREEDOM + 1) * u) / (1 + u);
      const leaves = (log < -MOST_LOG && slope > 0) || (log > MOST_LOG && slope < 0);
      slopes[which] = leaves ? 0 : slope;
    }
    const highest = Math.max(...outputs.subarray(2));
    const powers = Array.from(outputs.subarray(2), (value) => Math.exp(value - highest));
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [k, power] of powers.entries()) slopes[2 + k] = power / sum - (k === kind ? 1 : 0);
    return slopes;
  }

  /** Moves the weights by what was added. */
  step(rate: number): void {
    this.steps++;
    const [firstBias, secondBias] = [1 - FIRST_DECAY ** this.steps, 1 - SECOND_DECAY ** this.steps];
    for (const { weights, gradient, first, second } of this.layers) {
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i]! / this.added;
        first[i] = FIRST_DECAY * first[i]! + (1 - FIRST_DECAY) * slope;
        second[i] = SECOND_DECAY * second[i]! + (1 - SECOND_DECAY) * slope * slope;
        const move = first[i]! / firstBias / (Math.sqrt(second[i]! / secondBias) + EPSILON);
        weights[i]! -= rate * (move + WEIGHT_DECAY * weights[i]!);
      }
      gradient.fill(0);
    }
    this.added = 0;
  }
}

function outputsOf(network: Perceptron, signs: Float64Array): Float64Array {
  const inputs = new Float64Array(SIGNS.length);
  const outputs = new Float64Array(OUTPUTS);
  standardised(network, signs, inputs);
  forward(network, inputs, new Float64Array(network.hidden), outputs);
  return outputs;
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
