import type { Activation, Head, LayerKind, LayerRow, RowOf, WeightedRow } from "../model/layer-rows.js";
import {
  type Architecture,
  framesSeen,
  headOf,
  type TracedLayer,
  traceLayers,
  WINDOW,
} from "../model/layers.js";
import { type Model, weightOf } from "../model/weights.js";
import { addLayers, geometryOf, type WeightSource, type WindowPlan } from "./network.js";
import { addNormalisation } from "./normalisation.js";
import { type Attributes, convAttributes, type GraphValue, OnnxGraph } from "./onnx-graph.js";
import { addChannels, Tape } from "./tape.js";
import { arrange, KERAS_TO_ONNX, KERAS_TO_ONNX_3D, transpose } from "./weight-layout.js";

/** Names of the one input and the one output of every prediction graph. */
export const FRAMES = "frames";
/** Name of the input where frames come normalised: no graph is mistaken for another. */
export const NORMALISED = "normalised";
export const DENSITY = "density";

/**
 * Makes the prediction graph that is stored and exchanged, with one ONNX operator a layer.
 * It takes raw frames (N,1,H,W) and gives density (N,1,H,W), with H and W multiples of the
 * architecture's sideMultiple. Weights are initializers under their names. A constant frame gives
 * zeros. For a network that sees windows of three frames, both are (N,3,H,W): the frames of each
 * window in the order of time, and the map of each.
 * @param metadata the file's metadata_props
 */
export function portableGraph(model: Model, metadata: Record<string, string>): Uint8Array {
  const graph = new OnnxGraph();
  const frames = framesSeen(model.architecture);
  let value = frames === 1 ? FRAMES : addChannels(graph, FRAMES, 1);
  let live: string | undefined;
  for (const layer of traceLayers(model.architecture)) {
    if (layer.row.kind === "normalise") ({ value, live } = addNormalisation(graph, value));
    else value = (PORTABLE[layer.row.kind] as Portable<LayerRow>)(graph, value, layer, layer.row, model);
  }
  if (frames > 1) {
    value = graph.add("Squeeze", [value, graph.integers([1])]);
    live &&= addChannels(graph, live, frames);
  }
  if (live) value = graph.add("Mul", [value, live]);
  graph.add("Identity", [value], {}, DENSITY);
  const dims = ["N", frames, "H", "W"];
  return graph.model(model.architecture.name, [{ name: FRAMES, dims }], [{ name: DENSITY, dims }], metadata);
}

/**
 * Adds one layer as one operator, or as two with its activation.
 * Values are (N,C,H,W), in windows (N,C,3,H,W).
 */
type Portable<R> = (graph: OnnxGraph, value: string, layer: TracedLayer, row: R, model: Model) => string;

const PORTABLE: {
  readonly [K in Exclude<LayerKind, "normalise">]: Portable<RowOf<K>>;
} = {
  dropout: (_, value) => value,
  conv: (graph, value, layer, row, model) =>
    addPortable(graph, "Conv", value, row, model, convAttributes(geometryOf(row, layer))),
  deconv: (graph, value, _, row, model) =>
    addPortable(graph, "ConvTranspose", value, row, model, DECONV_ATTRIBUTES),
  window(graph, value, { inChannels }) {
    const sides = graph.add("Slice", [graph.add("Shape", [value]), graph.integers([2]), graph.integers([4])]);
    const shape = graph.add("Concat", [graph.integers([-1, WINDOW, inChannels]), sides], { axis: 0 });
    return graph.add("Transpose", [graph.add("Reshape", [value, shape])], { perm: [0, 2, 1, 3, 4] });
  },
  conv3d(graph, value, layer, row, model) {
    const { kernel, stride, pads } = geometryOf(row, layer);
    const ofFrames = (kernel - 1) / 2;
    return addPortable(graph, "Conv", value, row, model, {
      kernel_shape: [kernel, kernel, kernel],
      strides: [1, stride, stride],
      pads: [ofFrames, pads[0], pads[0], ofFrames, pads[1], pads[1]],
    });
  },
  upsample(graph, value) {
    const scales = graph.constant("upsampling", [5], Float32Array.of(1, 1, 1, 2, 2));
    return graph.add("Resize", [value, "", scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
  },
};

/**
 * Makes the prediction graph that runs, of normalised frames, with {@link addLayers}.
 * The caller normalises, since it knows the whole frame when this graph sees a tile. For a network
 * that sees windows, the frames are three or more consecutive ones. Each gets its map from the
 * window that it is the middle of, the first and the last one from the windows at the ends.
 * @param layers the layers after normalisation, up to the one whose output is wanted
 * @param input the name of the graph's input
 */
export function runtimeGraph(
  model: Model,
  layers: readonly TracedLayer[],
  input: typeof FRAMES | typeof NORMALISED = FRAMES,
): Uint8Array {
  const graph = new OnnxGraph();
  const weights: WeightSource = {
    tensor(name, _, terms) {
      const { data } = weightOf(model, name);
      return graph.constant(name, terms[0]!.dims, sumOf(terms.map((term) => arrange(data, term))));
    },
  };
  const { output } = addLayers(new Tape(graph), layers, input, weights, { windows: SEQUENCE });
  graph.add("Identity", [output()], {}, DENSITY);
  const value = (name: string): GraphValue => ({ name, dims: ["N", 1, "H", "W"] });
  return graph.model(`${model.architecture.name}_runtime`, [value(input)], [value(DENSITY)]);
}

const SEQUENCE: WindowPlan = {
  join({ graph }, frames) {
    const ends = [-2, -1, Number.MAX_SAFE_INTEGER];
    const shifted = ends.map((end, first) => addSlice(graph, frames, 0, first, end));
    return graph.add("Concat", shifted, { axis: 1 });
  },
  part({ graph }, maps, channels) {
    const frame = (window: string, t: number) => addSlice(graph, window, 1, t * channels, (t + 1) * channels);
    const first = frame(addSlice(graph, maps, 0, 0, 1), 0);
    const last = frame(addSlice(graph, maps, 0, -1, Number.MAX_SAFE_INTEGER), 2);
    return graph.add("Concat", [first, frame(maps, 1), last], { axis: 0 });
  },
};

function addSlice(graph: OnnxGraph, value: string, axis: number, from: number, to: number): string {
  const bounds = [from, to, axis].map((bound) => graph.integers([bound]));
  return graph.add("Slice", [value, ...bounds]);
}

function sumOf([first, ...others]: readonly Float32Array[]): Float32Array {
  return first!.map((value, i) => others.reduce((sum, other) => sum + other[i]!, value));
}

/** The layers that make a head's map of a normalised frame. */
export function headLayers(architecture: Architecture, head: Head): TracedLayer[] {
  const layers = traceLayers(architecture);
  const end = layers.findIndex(({ row }) => headOf(row) === head);
  return layers.slice(0, end + 1).filter(({ row }) => row.kind !== "normalise");
}

const DECONV_ATTRIBUTES = { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] };

const ACTIVATIONS: Record<Activation, (graph: OnnxGraph, value: string) => string> = {
  relu: (graph, value) => graph.add("Relu", [value]),
  sigmoid: (graph, value) => graph.add("Sigmoid", [value]),
  softmax: (graph, value) => graph.add("Softmax", [value], { axis: 1 }),
  linear: (_, value) => value,
};

/** Adds a layer with weights and its activation. */
function addPortable(
  graph: OnnxGraph,
  operator: "Conv" | "ConvTranspose",
  value: string,
  row: WeightedRow,
  model: Model,
  attributes: Attributes,
): string {
  const inputs = [value, kernelConstant(graph, model, row.name), ...biasConstant(graph, model, row.name)];
  return ACTIVATIONS[row.activation](graph, graph.add(operator, inputs, attributes));
}

function kernelConstant(graph: OnnxGraph, model: Model, layer: string): string {
  const name = `${layer}/kernel`;
  const { data, shape } = weightOf(model, name);
  const axes = shape.length === KERAS_TO_ONNX.length ? KERAS_TO_ONNX : KERAS_TO_ONNX_3D;
  const dims = axes.map((axis) => shape[axis]!);
  return graph.constant(name, dims, transpose(data, shape, axes));
}

function biasConstant(graph: OnnxGraph, model: Model, layer: string): string[] {
  const name = `${layer}/bias`;
  const bias = model.weights.get(name);
  return bias ? [graph.constant(name, bias.shape, bias.data)] : [];
}
