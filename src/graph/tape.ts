import { WINDOW } from "../model/layers.js";
import type { ConvGeometry, OnnxGraph } from "./onnx-graph.js";
import type { Arrangement } from "./weight-layout.js";

/** The operators that have a gradient, with what each one needs besides its inputs. */
export interface Operators {
  /** inputs: values (N,C,H,W), kernel (F,C,k,k), optionally bias (F) */
  conv: ConvGeometry;
  /** input: a weight as a flat list of `length` values */
  arrange: Arrangement & { length: number };
  /**
   * Interleaves the four phases of a map, (N,4C,H,W) with the phases in rows, into (N,C,2H,2W):
   * DepthToSpace.
   */
  interleave: { channels: number };
  /** Puts three consecutive frames, (3N,C,H,W), side by side in the channels: (N,3C,H,W). */
  join: { channels: number };
  /** Takes them apart again. */
  part: { channels: number };
  relu: undefined;
  sigmoid: undefined;
  /** log(1 + exp(x)) */
  softplus: undefined;
  log: undefined;
  /** Adds two values of one shape, or a value and a scalar that needs no gradient. */
  add: undefined;
  subtract: undefined;
  /** Multiplies two values of one shape, or a value and a scalar that needs no gradient. */
  multiply: undefined;
  square: undefined;
  /** (N,C,H,W) to (N,1,1,1) */
  sumOfSample: undefined;
  /** (N,C,H,W) to (N,1,1,1) */
  maxOfSample: undefined;
  /** Anything to a scalar. */
  sum: undefined;
}

/** An operator applied once. */
export interface Operation<K extends keyof Operators = keyof Operators> {
  operator: K;
  inputs: readonly string[];
  output: string;
  detail: Operators[K];
}

/** Builds a graph and remembers which operators made which values. */
export class Tape {
  readonly operations: Operation[] = [];

  constructor(readonly graph: OnnxGraph) {}

  apply<K extends keyof Operators>(operator: K, inputs: readonly string[], detail: Operators[K]): string {
    const output = FORWARD[operator](this.graph, inputs, detail);
    this.operations.push({ operator, inputs, output, detail });
    return output;
  }
}

const FORWARD: { [K in keyof Operators]: Forward<K> } = {
  conv: (graph, inputs, geometry) => graph.addConv(inputs, geometry),
  arrange: addArrangement,
  interleave: addInterleaving,
  join: (graph, inputs, { channels }) => addChannels(graph, inputs[0]!, WINDOW * channels),
  part: (graph, inputs, { channels }) => addChannels(graph, inputs[0]!, channels),
  relu: (graph, inputs) => graph.add("Relu", inputs),
  sigmoid: (graph, inputs) => graph.add("Sigmoid", inputs),
  softplus: addSoftplus,
  log: (graph, inputs) => graph.add("Log", inputs),
  add: (graph, inputs) => graph.add("Add", inputs),
  subtract: (graph, inputs) => graph.add("Sub", inputs),
  multiply: (graph, inputs) => graph.add("Mul", inputs),
  square: (graph, [value]) => graph.add("Mul", [value!, value!]),
  sumOfSample: (graph, [value]) =>
    graph.add("ReduceSum", [value!, graph.integers([1, 2, 3])], { keepdims: 1 }),
  maxOfSample: (graph, [value]) => graph.add("ReduceMax", [value!], { axes: [1, 2, 3], keepdims: 1 }),
  sum: (graph, inputs) => graph.add("ReduceSum", inputs, { keepdims: 0 }),
};

type Forward<K extends keyof Operators> = (
  graph: OnnxGraph,
  inputs: readonly string[],
  detail: Operators[K],
) => string;

/**
 * Interleaves rows of the upper and lower phases, then pixels of the left and right ones.
 * ONNX Runtime moves whole rows, and transposes two dimensions fast. Its DepthToSpace takes three
 * times as long, on one core.
 */
function addInterleaving(
  graph: OnnxGraph,
  [phases]: readonly string[],
  { channels }: Operators["interleave"],
): string {
  const shape = graph.add("Shape", [phases!]);
  const part = (from: number, to: number) =>
    graph.add("Slice", [shape, graph.integers([from]), graph.integers([to])]);
  const [count, sides] = [part(0, 1), part(2, 4)];
  const dims = (...parts: string[]) => graph.add("Concat", parts, { axis: 0 });
  const apart = graph.add("Reshape", [phases!, dims(count, graph.integers([2, 2, channels]), sides)]);
  const rows = graph.add("Transpose", [apart], { perm: [2, 0, 3, 4, 1, 5] });
  const pairs = graph.add("Transpose", [graph.add("Reshape", [rows, graph.integers([2, -1])])], {
    perm: [1, 0],
  });
  const doubled = graph.add("Mul", [sides, graph.integers([2, 2])]);
  return graph.add("Reshape", [pairs, dims(count, graph.integers([channels]), doubled)]);
}

/** Gives the same values with another number of channels to a sample. */
export function addChannels(graph: OnnxGraph, value: string, channels: number): string {
  const sides = graph.add("Slice", [graph.add("Shape", [value]), graph.integers([2]), graph.integers([4])]);
  const shape = graph.add("Concat", [graph.integers([-1, channels]), sides], { axis: 0 });
  return graph.add("Reshape", [value, shape]);
}

/**
 * Adds max(x, 0) + log(1 + exp(-|x|)), which never overflows.
 * ONNX' own Softplus takes ONNX Runtime five times as long.
 */
function addSoftplus(graph: OnnxGraph, [value]: readonly string[]): string {
  const small = graph.add("Exp", [graph.add("Neg", [graph.add("Abs", [value!])])]);
  const rest = graph.add("Log", [graph.add("Add", [small, graph.scalar(1)])]);
  return graph.add("Add", [graph.add("Relu", [value!]), rest]);
}

/** Adds a tensor made of a weight, which is a flat list. */
export function addArrangement(
  graph: OnnxGraph,
  [weight]: readonly string[],
  { index, dims, length }: Operators["arrange"],
): string {
  if (!index.includes(-1)) return graph.add("Gather", [weight!, graph.integers(index, dims)]);
  const withZeros = index.map((from) => (from < 0 ? length : from));
  return graph.add("Gather", [addZero(graph, weight!), graph.integers(withZeros, dims)]);
}

/** Adds a flat list with a zero after its end. */
export function addZero(graph: OnnxGraph, list: string): string {
  const zero = graph.constant("zero_after_the_end", [1], new Float32Array(1));
  return graph.add("Concat", [list, zero], { axis: 0 });
}
