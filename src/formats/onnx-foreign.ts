import { basename } from "node:path";
import { sha256Of } from "../base/digest.js";
import { ModelFormatError } from "../base/errors.js";
import { DEFAULTS } from "../base/limits.js";
import type { onnx as schema } from "../graph/generated/onnx.js";
import { ARCHITECTURES } from "../model/architectures.js";
import type { Activation, LayerRow } from "../model/layer-rows.js";
import type { Architecture } from "../model/layers.js";
import { layerWeights, type Model, selectWeights, type Weights } from "../model/weights.js";
import type { OnnxTensors } from "./onnx-tensors.js";

/** A layer found in a graph, and the names of its constants. */
interface FoundLayer {
  kind: "conv" | "deconv";
  stride: number;
  activation: Activation;
  kernel: string;
  bias: string | undefined;
}

const CONVOLUTIONS: Readonly<Record<string, FoundLayer["kind"]>> = { Conv: "conv", ConvTranspose: "deconv" };
const ACTIVATIONS: Readonly<Record<string, Activation>> = { Relu: "relu", Sigmoid: "sigmoid" };
/** Operators that move values only, which converters leave between layers. */
const PASSED = new Set([
  ...["Identity", "Cast", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Pad", "Dropout"],
]);

/**
 * The model in an ONNX file of another program, such as tf2onnx.
 * The reader goes back from the graph's output, layer by layer. What the layers compute tells the
 * network, not their names.
 * @param bytes of the file
 * @returns undefined for a graph without convolutions
 * @throws ModelFormatError MODEL_ARCHITECTURE for another network, MODEL_WEIGHTS
 */
export function readForeignGraph(
  path: string,
  file: schema.ModelProto,
  tensors: OnnxTensors,
  bytes: Uint8Array,
): Model | undefined {
  const { producerName, producerVersion } = file;
  const nodes = file.graph?.node ?? [];
  if (!nodes.some(({ opType }) => CONVOLUTIONS[opType ?? ""])) return undefined;
  const maker = [producerName || "another program", producerVersion].filter(Boolean).join(" ");
  const { layers, isNormalised } = layersOf(nodes, file.graph?.output?.[0]?.name ?? "", tensors);
  const architecture = [...ARCHITECTURES.values()].find((each) => matches(each, layers, isNormalised));
  if (!architecture) {
    throw new ModelFormatError("MODEL_ARCHITECTURE", {
      subject: path,
      expected: `the layers of ${[...ARCHITECTURES.values()]
        .filter(isPlain)
        .map(({ name }) => name)
        .join(" or ")}, after a normalisation of each frame`,
      found: `an ONNX model of ${maker} with ${layers.length} convolutions before its output${isNormalised ? "" : " and no such normalisation"}`,
      advice: "Only density-estimation networks of these architectures can be imported.",
    });
  }
  const weights: Weights = new Map();
  for (const [i, row] of weightedRows(architecture).entries()) {
    const { kernel, bias } = layers[i]!;
    weights.set(`${row.name}/kernel`, tensors.weight(kernel, true));
    if (bias !== undefined) weights.set(`${row.name}/bias`, tensors.weight(bias, false));
  }
  return {
    architecture,
    weights: selectWeights(architecture, weights, path),
    provenance: { source: basename(path), source_sha256: sha256Of(bytes), converted_by: maker },
    pool: DEFAULTS.pool,
  };
}

/** The layers on the way from the output back to the frames, first layer first. */
function layersOf(
  nodes: readonly schema.INodeProto[],
  output: string,
  tensors: OnnxTensors,
): { layers: FoundLayer[]; isNormalised: boolean } {
  const makers = new Map(nodes.flatMap((node) => (node.output ?? []).map((name) => [name, node] as const)));
  const layers: FoundLayer[] = [];
  let activation: Activation = "linear";
  let bias: string | undefined;
  let at = makers.get(output);
  // After as many steps as the graph has nodes, it goes in circles.
  for (let left = nodes.length; at && left > 0; left--) {
    const inputs = at.input ?? [];
    const operator = at.opType ?? "";
    const kind = CONVOLUTIONS[operator];
    let next = inputs[0];
    if (kind) {
      const kernel = constantOf(inputs[1], makers, tensors);
      if (kernel === undefined) break;
      const own = inputs[2] ? constantOf(inputs[2], makers, tensors) : undefined;
      layers.unshift({ kind, stride: strideOf(at), activation, kernel, bias: own ?? bias });
      activation = "linear";
      bias = undefined;
    } else if (ACTIVATIONS[operator]) {
      activation = ACTIVATIONS[operator];
    } else if (operator === "Add") {
      const constant = inputs.findIndex((name) => constantOf(name, makers, tensors) !== undefined);
      if (constant < 0) break;
      bias = constantOf(inputs[constant], makers, tensors);
      next = inputs[1 - constant];
    } else if (operator === "Div") {
      const range = makers.get(inputs[0] ?? "");
      const isRange = range?.opType === "Sub" && makers.get(range.input?.[1] ?? "")?.opType === "ReduceMin";
      return { layers, isNormalised: isRange };
    } else if (!PASSED.has(operator) && !isMask(at, makers)) {
      break;
    }
    at = makers.get(next ?? "");
  }
  return { layers, isNormalised: false };
}

/** Whether this is the factor with which this program makes the map of a constant frame zeros. */
function isMask(
  { opType, input }: schema.INodeProto,
  makers: ReadonlyMap<string, schema.INodeProto>,
): boolean {
  return opType === "Mul" && makers.get(input?.[1] ?? "")?.opType === "Where";
}

/** The constant that a value is, possibly passed on by operators; undefined for other values. */
function constantOf(
  name: string | undefined,
  makers: ReadonlyMap<string, schema.INodeProto>,
  tensors: OnnxTensors,
): string | undefined {
  if (name === undefined || tensors.has(name)) return name;
  const maker = makers.get(name);
  return maker?.opType === "Identity" ? constantOf(maker.input?.[0], makers, tensors) : undefined;
}

function strideOf({ attribute }: schema.INodeProto): number {
  const [down = 1, across = down] =
    attribute?.find(({ name }) => name === "strides")?.ints?.map(Number) ?? [];
  return down === across ? down : Number.NaN;
}

function weightedRows({ layers }: Architecture): LayerRow[] {
  return layers.filter((row) => layerWeights(row, 1).length > 0);
}

/** Whether a network has no other layers with weights than those that are found here. */
function isPlain(architecture: Architecture): boolean {
  return weightedRows(architecture).every(({ kind }) => kind === "conv" || kind === "deconv");
}

function matches(architecture: Architecture, layers: readonly FoundLayer[], isNormalised: boolean): boolean {
  const rows = weightedRows(architecture);
  if (rows.length !== layers.length || !isNormalised) return false;
  return rows.every((row, i) => {
    const { kind, stride, activation, bias } = layers[i]!;
    if (row.kind !== kind || row.activation !== activation) return false;
    const hasBias = layerWeights(row, 1).length > 1;
    return stride === (row.kind === "conv" ? row.stride : 2) && hasBias === (bias !== undefined);
  });
}
