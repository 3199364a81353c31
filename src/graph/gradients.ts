import { WINDOW } from "../model/layers.js";
import type { OnnxGraph } from "./onnx-graph.js";
import { addChannels, addZero, type Operation, type Operators, type Tape } from "./tape.js";

/**
 * Adds the gradients of a scalar by reverse-mode differentiation.
 * One walk goes from the end of the tape to its start, with one rule per operator and input. Only
 * what lies between the scalar and `wanted` is computed.
 * @returns for each wanted value the name of its gradient, of the same shape
 * @throws RangeError when the scalar does not depend on a wanted value
 */
export function addGradients(tape: Tape, scalar: string, wanted: readonly string[]): string[] {
  const needed = new Set(wanted);
  for (const { inputs, output } of tape.operations) {
    if (inputs.some((input) => needed.has(input))) needed.add(output);
  }
  const gradients = new Map([[scalar, tape.graph.scalar(1)]]);
  for (const operation of tape.operations.toReversed()) {
    const upstream = gradients.get(operation.output);
    if (upstream === undefined) continue;
    for (const [position, input] of operation.inputs.entries()) {
      if (!needed.has(input)) continue;
      const gradient = ruleOf(operation, position)(tape.graph, operation as never, upstream);
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? gradient : tape.graph.add("Add", [sum, gradient]));
    }
  }
  return wanted.map((value) => {
    const gradient = gradients.get(value);
    if (gradient === undefined) throw new RangeError(`the scalar does not depend on ${value}`);
    return gradient;
  });
}

/** Maps the output's gradient to one input's gradient. */
type Rule<K extends keyof Operators> = (
  graph: OnnxGraph,
  operation: Operation<K>,
  upstream: string,
) => string;

const RULES: { readonly [K in keyof Operators]: readonly Rule<K>[] } = {
  conv: [convInput, convKernel, (g, _, d) => g.add("ReduceSum", [d, g.integers([0, 2, 3])], { keepdims: 0 })],
  arrange: [arrangedWeight],
  interleave: [(g, _, d) => g.add("SpaceToDepth", [d], { blocksize: 2 })],
  join: [(g, { detail }, d) => addChannels(g, d, detail.channels)],
  part: [(g, { detail }, d) => addChannels(g, d, WINDOW * detail.channels)],
  relu: [(g, { output }, d) => g.add("Mul", [d, isPositive(g, output)])],
  sigmoid: [
    (g, { output }, d) => {
      const slope = g.add("Mul", [output, g.add("Sub", [g.scalar(1), output])]);
      return g.add("Mul", [d, slope]);
    },
  ],
  softplus: [(g, { inputs }, d) => g.add("Mul", [d, g.add("Sigmoid", [inputs[0]!])])],
  log: [(g, { inputs }, d) => g.add("Div", [d, inputs[0]!])],
  add: [(_, __, d) => d, (_, __, d) => d],
  subtract: [(_, __, d) => d, (g, _, d) => g.add("Neg", [d])],
  multiply: [
    (g, { inputs }, d) => g.add("Mul", [d, inputs[1]!]),
    (g, { inputs }, d) => g.add("Mul", [d, inputs[0]!]),
  ],
  square: [(g, { inputs }, d) => g.add("Mul", [g.add("Mul", [d, g.scalar(2)]), inputs[0]!])],
  sumOfSample: [spread],
  maxOfSample: [sharedByHighest],
  sum: [spread],
};

function ruleOf({ operator }: Operation, position: number): Rule<never> {
  const rule = RULES[operator][position];
  if (!rule) throw new RangeError(`${operator} has no gradient for its input ${position}`);
  return rule as Rule<never>;
}

/**
 * Convolves the upstream gradient with the kernel turned by 180 degrees.
 * The convolution is a transposed one where the stride left pixels out.
 */
function convInput(graph: OnnxGraph, { inputs, detail }: Operation<"conv">, upstream: string): string {
  const { kernel, stride, pads } = detail;
  if (stride > 1) return graph.addConvTransposed(upstream, inputs[1]!, detail);
  let turned = graph.add("Transpose", [inputs[1]!], { perm: [1, 0, 2, 3] });
  if (kernel > 1) {
    const ends = [
      [-1, -1],
      [-1 - kernel, -1 - kernel],
      [2, 3],
      [-1, -1],
    ].map((list) => graph.integers(list));
    turned = graph.add("Slice", [turned, ...ends]);
  }
  return graph.addConv([upstream, turned], {
    ...detail,
    pads: [kernel - 1 - pads[0], kernel - 1 - pads[1]],
    inChannels: detail.outChannels,
    outChannels: detail.inChannels,
  });
}

/**
 * Multiplies the patches that the kernel saw by the upstream gradient, summed over all samples.
 * The patches are the product's first factor, the larger one: ONNX Runtime repacks the second.
 */
function convKernel(graph: OnnxGraph, { inputs, detail }: Operation<"conv">, upstream: string): string {
  const { kernel, inChannels, outChannels } = detail;
  const taps = inChannels * kernel * kernel;
  const { values, channelsFirst } = graph.addPatches(inputs[0]!, detail);
  const left = graph.add("Reshape", [values, graph.integers([0, taps, -1])]);
  const right = graph.add("Reshape", [upstream, graph.integers([0, outChannels, -1])]);
  const products = graph.add("MatMul", [left, graph.add("Transpose", [right], { perm: [0, 2, 1] })]);
  const total = graph.add("ReduceSum", [products, graph.integers([0])], { keepdims: 0 });
  const [dims, perm] = channelsFirst
    ? [
        [inChannels, kernel, kernel, outChannels],
        [3, 0, 1, 2],
      ]
    : [
        [kernel, kernel, inChannels, outChannels],
        [3, 2, 0, 1],
      ];
  return graph.add("Transpose", [graph.add("Reshape", [total, graph.integers(dims)])], { perm });
}

/** Sums, for each value of the weight, the gradients of all places where it is used. */
function arrangedWeight(
  graph: OnnxGraph,
  { detail: { index, length } }: Operation<"arrange">,
  upstream: string,
): string {
  const counts = new Int32Array(length);
  for (const from of index) if (from >= 0) counts[from]!++;
  const uses = counts.reduce((most, count) => Math.max(most, count), 0);
  // Values used less often than others point beyond the tensor's end, where a zero lies.
  const places = new Int32Array(uses * length).fill(index.length);
  const seen = new Int32Array(length);
  for (const [place, from] of index.entries()) {
    if (from >= 0) places[seen[from]!++ * length + from] = place;
  }
  const own = graph.add("Reshape", [upstream, graph.integers([-1])]);
  const flat = counts.every((count) => count === uses) ? own : addZero(graph, own);
  const all = graph.add("Gather", [flat, graph.integers(places, [uses, length])]);
  return graph.add("ReduceSum", [all, graph.integers([0])], { keepdims: 0 });
}

/**
 * Gives 1 where a rectified value is above 0, else 0.
 * A steep ramp stands for the step: it differs below 1e-30 only, and takes a seventh of Sign's
 * time.
 */
function isPositive(graph: OnnxGraph, value: string): string {
  return graph.add("HardSigmoid", [value], { alpha: { real: 1e30 }, beta: { real: 0 } });
}

function spread(graph: OnnxGraph, { inputs }: { inputs: readonly string[] }, upstream: string): string {
  return graph.add("Expand", [upstream, graph.add("Shape", [inputs[0]!])]);
}

/** Gives each sample's gradient to its highest values, in equal shares. */
function sharedByHighest(
  graph: OnnxGraph,
  { inputs, output }: Operation<"maxOfSample">,
  upstream: string,
): string {
  const isHighest = graph.add("Equal", [inputs[0]!, output]);
  const highest = graph.add("Where", [isHighest, graph.scalar(1), graph.scalar(0)]);
  const count = graph.add("ReduceSum", [highest, graph.integers([1, 2, 3])], { keepdims: 1 });
  return graph.add("Mul", [highest, graph.add("Div", [upstream, count])]);
}
