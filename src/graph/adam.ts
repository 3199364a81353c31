import type { OnnxGraph } from "./onnx-graph.js";

/** Constants of Adam as in Keras (Kingma and Ba 2015, with epsilon outside the bias correction). */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/**
 * Names of the parameters and of the running means of their gradient and its square.
 * All three have one shape.
 */
export interface AdamState {
  parameters: string;
  mean: string;
  square: string;
}

/**
 * Adds one update of all parameters.
 * @param rate name of a scalar, {@link adamRate}
 * @param next names of the values after the update
 */
export function addAdam(
  graph: OnnxGraph,
  gradient: string,
  rate: string,
  state: AdamState,
  next: AdamState,
): void {
  const { beta1, beta2, epsilon } = ADAM;
  const decayed = (value: string, beta: number, fresh: string, output: string) => {
    const old = graph.add("Mul", [value, graph.scalar(beta)]);
    return graph.add("Add", [old, graph.add("Mul", [fresh, graph.scalar(1 - beta)])], {}, output);
  };
  const mean = decayed(state.mean, beta1, gradient, next.mean);
  const square = decayed(state.square, beta2, graph.add("Mul", [gradient, gradient]), next.square);
  const deviation = graph.add("Add", [graph.add("Sqrt", [square]), graph.scalar(epsilon)]);
  const step = graph.add("Mul", [graph.add("Div", [mean, deviation]), rate]);
  graph.add("Sub", [state.parameters, step], {}, next.parameters);
}

/** The learning rate of step `step` (from 1), corrected for means that start at 0. */
export function adamRate(learningRate: number, step: number): number {
  return (learningRate * Math.sqrt(1 - ADAM.beta2 ** step)) / (1 - ADAM.beta1 ** step);
}
