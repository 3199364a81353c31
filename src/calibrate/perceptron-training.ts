import { setImmediate } from "node:timers/promises";
import { throwIfCancelled } from "../base/cancelled.js";
import { Random } from "../base/random.js";
import { forward, type Perceptron, standardised } from "../certainty/perceptron.js";

/** How a perceptron is trained. */
export interface PerceptronTraining {
  hidden: number;
  outputs: number;
  epochs: number;
  seed: number;
  /** Name of the random numbers; two trainings with one seed need different names. */
  name: string;
  signal?: AbortSignal | undefined;
}

/** The slopes of a sample's loss along each output, written into `slopes`, which holds zeros. */
export type Slopes = (sample: number, outputs: Float64Array, slopes: Float64Array) => void;

const BATCH = 32;
/** Adam's step size, which falls along half a cosine, and its constants (Kingma and Ba 2015). */
const [RATE, FIRST_DECAY, SECOND_DECAY, EPSILON] = [4e-3, 0.9, 0.999, 1e-8];
/** Share of the weights that each step removes, since there are few frames. */
const WEIGHT_DECAY = 2e-3;
/** Batches after which other work of this thread has its turn. */
const BATCHES_IN_A_ROW = 8;

/**
 * Trains a perceptron.
 * @param samples the signs of each
 * @param start perceptron to start from, in place of random weights
 */
export async function trainPerceptron(
  samples: readonly Float64Array[],
  slopesOf: Slopes,
  { hidden, outputs, epochs, seed, name, signal }: PerceptronTraining,
  start?: Perceptron,
): Promise<Perceptron> {
  const network = start ? copyOf(start) : fresh(samples, hidden, outputs, new Random(seed, name, "weights"));
  const inputs = samples.map((signs) => {
    const input = new Float64Array(signs.length);
    standardised(network, signs, input);
    return input;
  });
  const walk = new Walk(network, slopesOf);
  const steps = epochs * Math.ceil(samples.length / BATCH);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = new Random(seed, name, "epoch", epoch).permutation(samples.length);
    for (let at = 0; at < order.length; at += BATCH) {
      for (const i of order.subarray(at, at + BATCH)) walk.add(inputs[i]!, i);
      walk.step((RATE * (1 + Math.cos((Math.PI * step++) / steps))) / 2);
      if (step % BATCHES_IN_A_ROW !== 0) continue;
      throwIfCancelled(signal);
      await setImmediate();
    }
  }
  return network;
}

/**
 * Trains several perceptrons from different weights, and joins them into one with all their hidden
 * units, whose outputs are the means of theirs. Each alone errs in its own way.
 * @param start one perceptron to start from, in place of several with random weights
 */
export async function trainJointly(
  members: number,
  samples: readonly Float64Array[],
  slopesOf: Slopes,
  training: PerceptronTraining,
  start?: Perceptron,
): Promise<Perceptron> {
  if (start) return trainPerceptron(samples, slopesOf, training, start);
  const trained: Perceptron[] = [];
  for (let member = 0; member < members; member++) {
    trained.push(
      await trainPerceptron(samples, slopesOf, { ...training, name: `${training.name} ${member}` }),
    );
  }
  return joined(trained);
}

/** @param members perceptrons of one shape, with the same inputs */
function joined(members: readonly Perceptron[]): Perceptron {
  const { mean, deviation, hidden: units, outputs } = members[0]!;
  const hidden = units * members.length;
  const second = new Float64Array(outputs * (hidden + 1));
  for (const [m, member] of members.entries()) {
    for (let o = 0; o < outputs; o++) {
      const row = member.second.subarray(o * (units + 1), (o + 1) * (units + 1));
      for (let unit = 0; unit < units; unit++) {
        second[o * (hidden + 1) + m * units + unit] = row[unit]! / members.length;
      }
      const bias = o * (hidden + 1) + hidden;
      second[bias] = second[bias]! + row[units]! / members.length;
    }
  }
  const first = new Float64Array(members.length * members[0]!.first.length);
  for (const [m, member] of members.entries()) first.set(member.first, m * member.first.length);
  return { mean, deviation, hidden, outputs, first, second };
}

function copyOf({ first, second, ...network }: Perceptron): Perceptron {
  return { ...network, first: first.slice(), second: second.slice() };
}

function fresh(
  samples: readonly Float64Array[],
  hidden: number,
  outputs: number,
  random: Random,
): Perceptron {
  const inputs = samples[0]?.length ?? 0;
  const mean = new Float64Array(inputs);
  const deviation = new Float64Array(inputs);
  for (let i = 0; i < inputs; i++) {
    mean[i] = samples.reduce((sum, signs) => sum + signs[i]!, 0) / samples.length;
    const squares = samples.reduce((sum, signs) => sum + (signs[i]! - mean[i]!) ** 2, 0);
    // A sign that is the same in all frames tells nothing.
    deviation[i] = Math.sqrt(squares / samples.length) || 1;
  }
  const weights = (rows: number, columns: number) =>
    Float64Array.from({ length: rows * (columns + 1) }, (_, i) =>
      i % (columns + 1) === columns ? 0 : random.normal() / Math.sqrt(columns),
    );
  return {
    ...{ mean, deviation, hidden, outputs },
    ...{ first: weights(hidden, inputs), second: weights(outputs, hidden) },
  };
}

interface Layer {
  weights: Float64Array;
  gradient: Float64Array;
  /** Adam's running means. */
  mean: Float64Array;
  square: Float64Array;
}

/** Gradients of a batch, and the steps that follow from them. */
class Walk {
  private readonly hidden: Float64Array;
  private readonly outputs: Float64Array;
  private readonly slopes: Float64Array;
  private readonly layers: readonly [Layer, Layer];
  private added = 0;
  private steps = 0;

  constructor(
    private readonly network: Perceptron,
    private readonly slopesOf: Slopes,
  ) {
    this.hidden = new Float64Array(network.hidden);
    this.outputs = new Float64Array(network.outputs);
    this.slopes = new Float64Array(network.outputs);
    this.layers = [layerOf(network.first), layerOf(network.second)];
  }

  /** Adds a sample's gradient. */
  add(input: Float64Array, sample: number): void {
    const { network, hidden, outputs, slopes } = this;
    forward(network, input, hidden, outputs);
    slopes.fill(0);
    this.slopesOf(sample, outputs, slopes);
    const [first, second] = [this.layers[0].gradient, this.layers[1].gradient];
    const units = network.hidden;
    const columns = input.length + 1;
    for (let unit = 0; unit < units; unit++) {
      let back = 0;
      for (let o = 0; o < slopes.length; o++) {
        const at = o * (units + 1) + unit;
        back += slopes[o]! * network.second[at]!;
        second[at] = second[at]! + slopes[o]! * hidden[unit]!;
      }
      back *= 1 - hidden[unit]! ** 2;
      const row = unit * columns;
      for (let i = 0; i < input.length; i++) first[row + i] = first[row + i]! + back * input[i]!;
      first[row + input.length] = first[row + input.length]! + back;
    }
    for (let o = 0; o < slopes.length; o++) {
      const bias = o * (units + 1) + units;
      second[bias] = second[bias]! + slopes[o]!;
    }
    this.added++;
  }

  /** Moves the weights by the gradients that were added. */
  step(rate: number): void {
    this.steps++;
    const [meanBias, squareBias] = [1 - FIRST_DECAY ** this.steps, 1 - SECOND_DECAY ** this.steps];
    for (const { weights, gradient, mean, square } of this.layers) {
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i]! / this.added;
        mean[i] = FIRST_DECAY * mean[i]! + (1 - FIRST_DECAY) * slope;
        square[i] = SECOND_DECAY * square[i]! + (1 - SECOND_DECAY) * slope * slope;
        const move = mean[i]! / meanBias / (Math.sqrt(square[i]! / squareBias) + EPSILON);
        weights[i] = weights[i]! - rate * (move + WEIGHT_DECAY * weights[i]!);
      }
      gradient.fill(0);
    }
    this.added = 0;
  }
}

function layerOf(weights: Float64Array): Layer {
  const zeros = () => new Float64Array(weights.length);
  return { weights, gradient: zeros(), mean: zeros(), square: zeros() };
}
