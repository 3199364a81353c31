import type { LayerKind, LayerRow, RowOf, WeightedRow } from "../../model/layer-rows.js";
import { type Architecture, framesSeen, traceLayers, WINDOW } from "../../model/layers.js";
import { type Model, weightOf } from "../../model/weights.js";
import { TensorFlowGraph } from "./tensorflow-graph.js";

/** Names by which the original plugin feeds and fetches tensors. */
export const INPUT_TENSOR = "input_tensor";
export const OUTPUT_TENSOR = "output_tensor";

/**
 * What a graph gives: the density map (N,H,W,1), or the max local count (N,1).
 * The max local count is over windows of `pool` pixels, `strides` apart. Either is divided by
 * `division`.
 */
export interface TensorFlowResult {
  maxCount: boolean;
  pool: number;
  strides: number;
  division: number;
}

const PER_FRAME = [1, 2, 3] as const;

/**
 * Shape of the tensor that takes frames: (N,H,W,1), or (N,3,H,W,1) for windows of three.
 * -1 stands for a free side.
 */
export function inputShape(architecture: Architecture): readonly number[] {
  const frames = framesSeen(architecture);
  return frames === 1 ? [-1, -1, -1, 1] : [-1, frames, -1, -1, 1];
}

/** Shape of what the graph gives. */
export function resultShape(architecture: Architecture, { maxCount }: TensorFlowResult): readonly number[] {
  return maxCount ? [-1, framesSeen(architecture)] : inputShape(architecture);
}

/**
 * Makes the prediction graph for TensorFlow 1.4 and later.
 * It takes raw frames (N,H,W,1). Weights are constants under their layers' names. A constant frame
 * gives 0. For a network that sees windows of three frames, frames and maps are (N,3,H,W,1).
 * @param note bytes by key that are kept with the input; no runtime reads them
 */
export function tensorFlowGraph(
  model: Model,
  result: TensorFlowResult,
  note: Readonly<Record<string, Uint8Array>>,
): TensorFlowGraph {
  const graph = new TensorFlowGraph();
  const { architecture } = model;
  const frames = framesSeen(architecture);
  let value = graph.addInput(INPUT_TENSOR, inputShape(architecture), note);
  if (frames > 1) value = addFrames(graph, "frames", value);
  let live: string | undefined;
  for (const { row } of traceLayers(architecture)) {
    if (row.kind === "normalise") ({ value, live } = addNormalisation(graph, row.name, value));
    else value = (LAYERS[row.kind] as AddLayer<LayerRow>)(graph, value, row, model);
  }
  if (frames > 1) value = addFrames(graph, "maps", value);
  if (live) value = graph.add("live_density", "Mul", [value, live]);
  if (result.maxCount) value = addMaxCount(graph, value, result);
  if (result.division !== 1) {
    const divisor = graph.constant("division/by", [], Float32Array.of(result.division));
    value = graph.add("division", "RealDiv", [value, divisor]);
  }
  if (frames > 1) value = addWindows(graph, "windows", value, result.maxCount ? 0 : 3);
  graph.add(OUTPUT_TENSOR, "Identity", [value]);
  return graph;
}

/**
 * Adds the operators of a layer.
 * Values are (N,H,W,C), in windows (N,3,H,W,C).
 */
type AddLayer<R> = (graph: TensorFlowGraph, value: string, row: R, model: Model) => string;

const LAYERS: {
  readonly [K in Exclude<LayerKind, "normalise">]: AddLayer<RowOf<K>>;
} = {
  dropout: (_, value) => value,
  conv(graph, value, row, model) {
    const kernel = weightConstant(graph, model, `${row.name}/kernel`);
    const linear = graph.add(
      `${row.name}/convolution`,
      "Conv2D",
      [value, kernel],
      convAttributes(row.stride),
    );
    return addActivation(graph, addBias(graph, linear, row.name, model), row);
  },
  deconv(graph, value, row, model) {
    const kernel = weightConstant(graph, model, `${row.name}/kernel`);
    const linear = addTransposed(graph, row.name, value, kernel, row.filters);
    return addActivation(graph, addBias(graph, linear, row.name, model), row);
  },
  window: (graph, value, { name }) => addWindows(graph, name, value, 3),
  conv3d(graph, value, row, model) {
    const kernel = weightConstant(graph, model, `${row.name}/kernel`);
    const strides = [1, 1, row.stride, row.stride, 1];
    const linear = graph.add(`${row.name}/convolution`, "Conv3D", [value, kernel], {
      strides,
      padding: "SAME",
    });
    return addActivation(graph, addBias(graph, linear, row.name, model), row);
  },
  upsample(graph, value, { name }) {
    const frames = addFrames(graph, `${name}/frames`, value);
    const sides = graph.addPart(`${name}/before`, graph.addShape(`${name}/before/Shape`, frames), 1, 2);
    const size = graph.addInteger(`${name}/doubled`, "Mul", [
      sides,
      graph.integers(`${name}/factors`, [2, 2]),
    ]);
    const doubled = graph.add(`${name}/resize`, "ResizeNearestNeighbor", [frames, size]);
    return addWindows(graph, name, doubled, 3);
  },
};

/** Adds a reshape of windows (N,3,H,W,C) into frames (3N,H,W,C). */
function addFrames(graph: TensorFlowGraph, name: string, windows: string): string {
  return graph.addReshape(name, windows, [-1], windows, 2, 5);
}

/**
 * Adds a reshape of frames (3N,…) into windows (N,3,…).
 * @param sides that a frame has besides
 */
function addWindows(graph: TensorFlowGraph, name: string, frames: string, sides: number): string {
  return graph.addReshape(name, frames, [-1, WINDOW], frames, 1, 1 + sides);
}

function weightConstant(graph: TensorFlowGraph, model: Model, name: string): string {
  const { shape, data } = weightOf(model, name);
  return graph.constant(name, shape, data);
}

function addBias(graph: TensorFlowGraph, value: string, layer: string, model: Model): string {
  const name = `${layer}/bias`;
  if (!model.weights.has(name)) return value;
  return graph.add(`${layer}/BiasAdd`, "BiasAdd", [value, weightConstant(graph, model, name)]);
}

function addActivation(
  graph: TensorFlowGraph,
  value: string,
  { name, activation, filters }: WeightedRow,
): string {
  if (activation === "linear") return value;
  if (activation !== "softmax") {
    const operator = activation === "relu" ? "Relu" : "Sigmoid";
    return graph.add(`${name}/${operator}`, operator, [value]);
  }
  // TensorFlow 1.4's Softmax takes rows of a matrix only.
  const rows = graph.add(`${name}/rows`, "Reshape", [
    value,
    graph.integers(`${name}/rows/shape`, [-1, filters]),
  ]);
  const softmax = graph.add(`${name}/Softmax`, "Softmax", [rows]);
  return graph.add(`${name}/classes`, "Reshape", [softmax, graph.addShape(`${name}/Shape`, value)]);
}

function convAttributes(stride: number) {
  return { strides: [1, stride, stride, 1], padding: "SAME" };
}

/**
 * Adds (x - min) / (max - min) of each frame, which is zeros for a constant frame.
 * `live` (N,1,1,1) is 0 for a constant frame, and 1 for any other.
 */
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

/** Adds a transposed convolution. The sizes of its result follow from those of its input. */
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

/**
 * Adds the largest sum over windows that lie in the map.
 * A map that is narrower or lower than the square gets zeros around it.
 */
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
