import * as runtime from "onnxruntime-node";
import type { GraphValue } from "../../src/graph/onnx-graph.js";

export interface Values {
  dims: readonly number[];
  data: Float32Array;
}

/** Runs a graph on named values and gives its outputs' values by name. */
export async function runGraph(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Values>>,
): Promise<Record<string, Float32Array>> {
  const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const tensors = Object.entries(feeds)
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, { data, dims }]) => [name, new runtime.Tensor("float32", data, dims)]);
  const outputs = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
}

/** A graph value whose sides are free. */
export function freeValue(name: string, rank: number): GraphValue {
  return { name, dims: Array.from({ length: rank }, (_, i) => `${name}_${i}`) };
}
