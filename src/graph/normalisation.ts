import type { OnnxGraph } from "./onnx-graph.js";

/**
 * Adds (x - min) / (max - min) of each frame.
 * @param frames (N,1,H,W)
 * @returns `value` in [0, 1], zeros for a constant frame; `live` (N,1,1,1): 0 for a constant frame,
 * 1 for any other
 */
export function addNormalisation(graph: OnnxGraph, frames: string): { value: string; live: string } {
  const perFrame = { axes: [1, 2, 3], keepdims: 1 };
  const [zero, one] = [graph.scalar(0), graph.scalar(1)];
  const min = graph.add("ReduceMin", [frames], perFrame);
  const range = graph.add("Sub", [graph.add("ReduceMax", [frames], perFrame), min]);
  const varies = graph.add("Greater", [range, zero]);
  const divisor = graph.add("Where", [varies, range, one]);
  const value = graph.add("Div", [graph.add("Sub", [frames, min]), divisor]);
  return { value, live: graph.add("Where", [varies, one, zero]) };
}
