import type { Activation } from "../model/layers.js";
import { traceLayers } from "../model/layers.js";
import { type Model, weightOf } from "../model/weights.js";
import { TensorFlowGraph } from "./tensorflow-graph.js";

/** Names by which the original plugin feeds and fetches tensors. */
export const INPUT_TENSOR = "input_tensor";
export const OUTPUT_TENSOR = "output_tensor";

/** What a graph gives: the density map (N,H,W,1), or the max local count (N,1) over windows of `pool` pixels, `strides` apart; divided by `division`. */
export interface TensorFlowResult {
  maxCount: boolean;
  pool: number;
  strides: number;
  division: number;
}

/** Shape of a frame's tensor; -1 stands for a free side. */
export const FRAMES_SHAPE = [-1, -1, -1, 1] as const;

const PER_FRAME = [1, 2, 3] as const;

const ACTIVATIONS: Record<Activation, string | undefined> = {
  relu: "Relu",
  sigmoid: "Sigmoid",
  linear: undefined,
};

/**
 * The prediction graph for TensorFlow 1.4 and later: raw frames (N,H,W,1) in, weights as constants under their layers' names. A constant frame gives 0.
 * @param note bytes by key that are kept with the input and read by no runtime
 */
export function tensorFlowGraph(
  model: Model,
  result: TensorFlowResult,
  note: Readonly<Record<string, Uint8Array>>,
): TensorFlowGraph {
  const graph = new TensorFlowGraph();
  let value = graph.addInput(INPUT_TENSOR, FRAMES_SHAPE, note);
  let live: string | undefined;
  for (const { row } of traceLayers(model.architecture)) {
    if (row.kind === "normalise") {
      ({ value, live } = addNormalisation(graph, row.name, value));
      continue;
    }
    if (row.kind === "dropout") continue;
    const constant = (name: string) => {
      const { shape, data } = weightOf(model, name);
      return graph.constant(name, shape, data);
    };
    const kernel = constant(`${row.name}/kernel`);
    value =
      row.kind === "conv"
        ? graph.add(`${row.name}/convolution`, "Conv2D", [value, kernel], convAttributes(row.stride))
        : addTransposed(graph, row.name, value, kernel, row.filters);
    if (row.kind === "deconv" || row.bias) {
      value = graph.add(`${row.name}/BiasAdd`, "BiasAdd", [value, constant(`${row.name}/bias`)]);
    }
    const activation = ACTIVATIONS[row.activation];
    if (activation) value = graph.add(`${row.name}/${activation}`, activation, [value]);
  }
  if (live) value = graph.add("live_density", "Mul", [value, live]);
  if (result.maxCount) value = addMaxCount(graph, value, result);
  if (result.division !== 1) {
    const divisor = graph.constant("division/by", [], Float32Array.of(result.division));
    value = graph.add("division", "RealDiv", [value, divisor]);
  }
  graph.add(OUTPUT_TENSOR, "Identity", [value]);
  return graph;
}

function convAttributes(stride: number) {
  return { strides: [1, stride, stride, 1], padding: "SAME" };
}

/** Adds (x - min) / (max - min) of each frame, zeros for a constant one, and whether it is none: (N,1,1,1) of 1 or 0. */
function addNormalisation(graph: TensorFlowGraph, name: string, frames: string) {
  const min = graph.addReduction(`${name}/min`, "Min", frames, PER_FRAME, true);
  const max = graph.addReduction(`${name}/max`, "Max", frames, PER_FRAME, true);
  const range = graph.add(`${name}/range`, "Sub", [max, min]);
  const live = graph.addPositive(`${name}/live`, range);
  const one = graph.constant(`${name}/one`, [], Float32Array.of(1));
  const divisor = graph.add(`${name}/divisor`, "Add", [range, graph.add(`${name}/dead`, "Sub", [one, live])]);
  const above = graph.add(`${name}/above`, "Sub", [frames, min]);
  return { value: graph.add(`${name}/truediv`, "RealDiv", [above, divisor]), live };
}

/** Adds a transposed convolution; the sizes of its result are worked out from those of its input. */
function addTransposed(
  graph: TensorFlowGraph,
  name: string,
  value: string,
  kernel: string,
  filters: number,
): string {
  const doubled = graph.addInteger(`${name}/doubled`, "Mul", [
    graph.addShape(`${name}/Shape`, value),
    graph.integers(`${name}/factors`, [1, 2, 2, 0]),
  ]);
  const sizes = graph.addInteger(`${name}/sizes`, "Add", [
    doubled,
    graph.integers(`${name}/channels`, [0, 0, 0, filters]),
  ]);
  return graph.add(
    `${name}/conv2d_transpose`,
    "Conv2DBackpropInput",
    [sizes, kernel, value],
    convAttributes(2),
  );
}

/** Adds the largest sum over windows that lie in the map; one narrower or lower than the window is taken with zeros around it. */
function addMaxCount(graph: TensorFlowGraph, density: string, { pool, strides }: TensorFlowResult): string {
  const missing = graph.addInteger("padding/missing", "Maximum", [
    graph.addInteger("padding/difference", "Sub", [
      graph.integers("padding/window", [0, pool, pool, 0]),
      graph.addShape("padding/Shape", density),
    ]),
    graph.integers("padding/none", [0, 0, 0, 0]),
  ]);
  const column = graph.addInteger("padding/column", "Reshape", [
    missing,
    graph.integers("padding/sides", [4, 1]),
  ]);
  const after = graph.integers("padding/after", [0, 1], [1, 2]);
  const padded = graph.add("padding", "Pad", [
    density,
    graph.addInteger("padding/pairs", "Mul", [column, after]),
  ]);
  const attributes = { ksize: [1, pool, pool, 1], strides: [1, strides, strides, 1], padding: "VALID" };
  const mean = graph.add("av_pool", "AvgPool", [padded], attributes);
  const area = graph.constant("mult/area", [], Float32Array.of(pool * pool));
  return graph.addReduction("max_count", "Max", graph.add("mult", "Mul", [mean, area]), [1, 2], false);
}
