import type { Activation, Architecture, ConvRow, DeconvRow, Head, TracedLayer } from "../model/layers.js";
import { traceLayers } from "../model/layers.js";
import { type Model, weightOf } from "../model/weights.js";
import { addLayers, geometryOf, type WeightSource } from "./network.js";
import { addNormalisation } from "./normalisation.js";
import { convAttributes, type GraphValue, OnnxGraph } from "./onnx-graph.js";
import { Tape } from "./tape.js";
import { arrange, KERAS_TO_ONNX, transpose } from "./weight-layout.js";

/** Names of the one input and the one output of every prediction graph. */
export const FRAMES = "frames";
export const DENSITY = "density";

const MAP_DIMS = ["N", 1, "H", "W"] as const;
const INPUTS: readonly GraphValue[] = [{ name: FRAMES, dims: MAP_DIMS }];
const OUTPUTS: readonly GraphValue[] = [{ name: DENSITY, dims: MAP_DIMS }];

/**
 * The prediction graph as it is stored and exchanged: raw frames (N,1,H,W) in, density (N,1,H,W) out, H and W multiples
 * of the architecture's sideMultiple; each layer as one ONNX operator, weights as initializers under their names. A constant frame gives zeros.
 * @param metadata the file's metadata_props
 */
export function portableGraph(model: Model, metadata: Record<string, string>): Uint8Array {
  const graph = new OnnxGraph();
  let value: string = FRAMES;
  let live: string | undefined;
  for (const layer of traceLayers(model.architecture)) {
    const { row } = layer;
    if (row.kind === "normalise") {
      ({ value, live } = addNormalisation(graph, value));
    } else if (row.kind === "conv") {
      const inputs = [value, kernelConstant(graph, model, row), ...biasConstant(graph, model, row)];
      value = activate(
        graph,
        graph.add("Conv", inputs, convAttributes(geometryOf(row, layer))),
        row.activation,
      );
    } else if (row.kind === "deconv") {
      const inputs = [value, kernelConstant(graph, model, row), ...biasConstant(graph, model, row)];
      value = activate(graph, graph.add("ConvTranspose", inputs, DECONV_ATTRIBUTES), row.activation);
    }
  }
  const last = live ? (["Mul", [value, live]] as const) : (["Identity", [value]] as const);
  graph.add(last[0], last[1], {}, DENSITY);
  return graph.model(model.architecture.name, INPUTS, OUTPUTS, metadata);
}

/**
 * The same function of a normalised frame, in the operators of {@link addLayers}. Normalisation is left to the caller, who knows the whole frame when
 * this sees a tile.
 * @param layers the layers after normalisation whose last output is wanted; all where left out
 */
export function runtimeGraph(model: Model, layers: readonly TracedLayer[]): Uint8Array {
  const graph = new OnnxGraph();
  const weights: WeightSource = {
    tensor(name, _, arrangement) {
      const values = arrange(weightOf(model, name).data, arrangement);
      return graph.constant(name, arrangement.dims, values);
    },
  };
  const { output } = addLayers(new Tape(graph), layers, FRAMES, weights);
  graph.add("Identity", [output()], {}, DENSITY);
  return graph.model(`${model.architecture.name}_runtime`, INPUTS, OUTPUTS);
}

/** The layers that make a head's map of a normalised frame. */
export function headLayers(architecture: Architecture, head: Head): TracedLayer[] {
  const layers = traceLayers(architecture);
  const end = layers.findIndex(({ row }) => row.kind === "conv" && row.head === head);
  return layers.slice(0, end + 1).filter(({ row }) => row.kind !== "normalise");
}

const DECONV_ATTRIBUTES = { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] };

function activate(graph: OnnxGraph, value: string, activation: Activation): string {
  if (activation === "relu") return graph.add("Relu", [value]);
  return activation === "sigmoid" ? graph.add("Sigmoid", [value]) : value;
}

function kernelConstant(graph: OnnxGraph, model: Model, row: ConvRow | DeconvRow): string {
  const name = `${row.name}/kernel`;
  const { data, shape } = weightOf(model, name);
  const dims = KERAS_TO_ONNX.map((axis) => shape[axis]!);
  return graph.constant(name, dims, transpose(data, shape, KERAS_TO_ONNX));
}

function biasConstant(graph: OnnxGraph, model: Model, row: ConvRow | DeconvRow): string[] {
  const name = `${row.name}/bias`;
  const bias = model.weights.get(name);
  return bias ? [graph.constant(name, bias.shape, bias.data)] : [];
}
