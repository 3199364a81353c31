import type { Activation, ConvRow, DeconvRow } from "../model/layers.js";
import { traceLayers } from "../model/layers.js";
import type { Model, Weight } from "../model/weights.js";
import { OnnxGraph } from "./onnx-graph.js";
import { KERAS_TO_ONNX, phaseBias, phaseKernel, pointwisePhaseKernel, transpose } from "./weight-layout.js";

/** Names of the one input and the one output of every prediction graph. */
export const FRAMES = "frames";
export const DENSITY = "density";

/**
 * The prediction graph as it is stored and exchanged: raw frames (N,1,H,W) in, density (N,1,H,W) out, H and W multiples
 * of the architecture's sideMultiple; each layer as one ONNX operator, weights as initializers under their names. A constant frame gives zeros.
 * @param metadata the file's metadata_props
 */
export function portableGraph(model: Model, metadata: Record<string, string>): Uint8Array {
  const graph = new OnnxGraph();
  let value: string = FRAMES;
  let live: string | undefined;
  for (const { row } of traceLayers(model.architecture)) {
    if (row.kind === "normalise") {
      ({ value, live } = addNormalisation(graph, value));
    } else if (row.kind === "conv") {
      const inputs = [value, kernelConstant(graph, model, row), ...biasConstant(graph, model, row)];
      value = activate(graph, graph.add("Conv", inputs, convAttributes(row)), row.activation);
    } else if (row.kind === "deconv") {
      const inputs = [value, kernelConstant(graph, model, row), ...biasConstant(graph, model, row)];
      value = activate(graph, graph.add("ConvTranspose", inputs, DECONV_ATTRIBUTES), row.activation);
    }
  }
  const last = live ? (["Mul", [value, live]] as const) : (["Identity", [value]] as const);
  graph.add(last[0], last[1], {}, DENSITY);
  return graph.model(model.architecture.name, FRAMES, DENSITY, metadata);
}

/**
 * The same function of a normalised frame, rewritten without any change of its value into operators that ONNX Runtime runs
 * fastest: a stride-2 transposed convolution becomes a 2x2 convolution into four phases, which DepthToSpace interleaves, and a 1x1 convolution
 * after it is done before the interleaving. Normalisation is left to the caller, who knows the whole frame when this sees a tile.
 */
export function runtimeGraph(model: Model): Uint8Array {
  const graph = new OnnxGraph();
  let value: string = FRAMES;
  let phased = false;
  const interleave = () => {
    if (phased) value = graph.add("DepthToSpace", [value], { blocksize: 2, mode: "DCR" });
    phased = false;
  };
  for (const { row, inChannels } of traceLayers(model.architecture)) {
    if (row.kind === "conv") {
      const pointwise = row.kernel === 1 && row.stride === 1;
      if (!pointwise) interleave();
      const inputs = phased
        ? [value, ...phasedPointwiseConstants(graph, model, row, inChannels)]
        : [value, kernelConstant(graph, model, row), ...biasConstant(graph, model, row)];
      value = activate(graph, graph.add("Conv", inputs, convAttributes(row)), row.activation);
    } else if (row.kind === "deconv") {
      interleave();
      const inputs = [value, ...phaseConstants(graph, model, row, inChannels)];
      value = activate(graph, graph.add("Conv", inputs, PHASE_CONV_ATTRIBUTES), row.activation);
      phased = true;
    }
  }
  interleave();
  graph.add("Identity", [value], {}, DENSITY);
  return graph.model(`${model.architecture.name}_runtime`, FRAMES, DENSITY, {});
}

const DECONV_ATTRIBUTES = { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] };
const PHASE_CONV_ATTRIBUTES = { kernel_shape: [2, 2], pads: [1, 1, 0, 0] };

/** 'same' padding of TensorFlow on sides that the stride divides: kernel - stride in all, the smaller half first. */
function convAttributes({ kernel, stride }: ConvRow) {
  const total = kernel - stride;
  const before = Math.max(0, Math.floor(total / 2));
  const after = Math.max(0, total - before);
  return { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [before, before, after, after] };
}

/** (x - min) / (max - min) of each frame; `live` is 0 for a constant frame and 1 for any other. */
function addNormalisation(graph: OnnxGraph, frames: string): { value: string; live: string } {
  const perFrame = { axes: [1, 2, 3], keepdims: 1 };
  const zero = graph.constant("zero", [], new Float32Array([0]));
  const one = graph.constant("one", [], new Float32Array([1]));
  const min = graph.add("ReduceMin", [frames], perFrame);
  const range = graph.add("Sub", [graph.add("ReduceMax", [frames], perFrame), min]);
  const varies = graph.add("Greater", [range, zero]);
  const divisor = graph.add("Where", [varies, range, one]);
  const value = graph.add("Div", [graph.add("Sub", [frames, min]), divisor]);
  return { value, live: graph.add("Where", [varies, one, zero]) };
}

function activate(graph: OnnxGraph, value: string, activation: Activation): string {
  if (activation === "relu") return graph.add("Relu", [value]);
  return activation === "sigmoid" ? graph.add("Sigmoid", [value]) : value;
}

function weightOf(model: Model, name: string): Weight {
  const weight = model.weights.get(name);
  if (!weight) throw new RangeError(`the model has no weight ${name}`);
  return weight;
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

function phaseConstants(graph: OnnxGraph, model: Model, row: DeconvRow, inputs: number): string[] {
  const kernel = phaseKernel(weightOf(model, `${row.name}/kernel`).data, row.filters, inputs);
  const bias = phaseBias(weightOf(model, `${row.name}/bias`).data);
  return [
    graph.constant(`${row.name}/phase_kernel`, [4 * row.filters, inputs, 2, 2], kernel),
    graph.constant(`${row.name}/phase_bias`, [4 * row.filters], bias),
  ];
}

function phasedPointwiseConstants(graph: OnnxGraph, model: Model, row: ConvRow, inputs: number): string[] {
  const { data, shape } = weightOf(model, `${row.name}/kernel`);
  const kernel = pointwisePhaseKernel(transpose(data, shape, KERAS_TO_ONNX), row.filters, inputs);
  const constants = [graph.constant(`${row.name}/phase_kernel`, [4 * row.filters, 4 * inputs, 1, 1], kernel)];
  const bias = model.weights.get(`${row.name}/bias`);
  if (bias) constants.push(graph.constant(`${row.name}/phase_bias`, [4 * row.filters], phaseBias(bias.data)));
  return constants;
}
