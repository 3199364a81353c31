import { OnnxGraph } from "../graph/onnx-graph.js";

/** A graph of one operator, for a test whether a device starts. */
export function smallestGraph(): Uint8Array {
  const graph = new OnnxGraph();
  graph.add("Relu", ["x"], {}, "y");
  return graph.model("smallest", [{ name: "x", dims: ["N"] }], [{ name: "y", dims: ["N"] }]);
}
