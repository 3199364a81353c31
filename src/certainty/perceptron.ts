/** A network with one hidden layer, over signs. */
export interface Perceptron {
  /** Mean and deviation of each input over the frames it was learnt from. */
  mean: Float64Array;
  deviation: Float64Array;
  /** (hidden, inputs + 1) and (outputs, hidden + 1), row-major; the last column is the bias. */
  first: Float64Array;
  second: Float64Array;
  hidden: number;
  outputs: number;
}

/** Deviations at which inputs are cut off. */
const FARTHEST = 4;

/** Inputs, standardised by their mean and deviation. */
export function standardised(
  { mean, deviation }: Perceptron,
  signs: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let i = 0; i < mean.length; i++) {
    const value = (signs[i]! - mean[i]!) / deviation[i]!;
    out[i] = Math.max(-FARTHEST, Math.min(FARTHEST, value));
  }
}

/** The outputs for standardised inputs. @param hidden gets the values of the hidden layer */
export function forward(
  { first, second, hidden: units, outputs }: Perceptron,
  inputs: Float64Array,
  hidden: Float64Array,
  out: Float64Array,
): void {
  const columns = inputs.length + 1;
  for (let unit = 0; unit < units; unit++) {
    let sum = first[unit * columns + inputs.length]!;
    for (let i = 0; i < inputs.length; i++) sum += first[unit * columns + i]! * inputs[i]!;
    hidden[unit] = Math.tanh(sum);
  }
  for (let o = 0; o < outputs; o++) {
    let sum = second[o * (units + 1) + units]!;
    for (let unit = 0; unit < units; unit++) sum += second[o * (units + 1) + unit]! * hidden[unit]!;
    out[o] = sum;
  }
}

/** A network's outputs for signs, in new memory. */
export function outputsOf(network: Perceptron, signs: Float64Array): Float64Array {
  const inputs = new Float64Array(signs.length);
  const outputs = new Float64Array(network.outputs);
  standardised(network, signs, inputs);
  forward(network, inputs, new Float64Array(network.hidden), outputs);
  return outputs;
}
