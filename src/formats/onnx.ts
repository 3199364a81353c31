import { messageOf } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readRegularFile } from "../base/regular-file.js";
import "../base/int64.js";
import { onnx as schema } from "../graph/generated/onnx.js";
import { portableGraph } from "../graph/prediction.js";
import { ONNX_TO_KERAS, ONNX_TO_KERAS_3D, transpose } from "../graph/weight-layout.js";
import { elementCount, type Model, type Weight, type Weights } from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { architectureOf, damagedModel, metadataOf, modelOf } from "./metadata.js";

/**
 * The native model file: the prediction graph as any ONNX tool runs it.
 * Weights are initializers under their layers' names. What this program adds is in metadata_props.
 */
export const onnx: ModelFormat = {
  id: "onnx",
  title: "ONNX",
  layout: "file",
  extensions: [".onnx"],
  // Protocol buffers have no signature. Only another format's signature rules this one out.
  recognises: () => undefined,
  read: async (path) => decodeOnnx(path, await readRegularFile(path, FILE_LIMITS.maxModelBytes)),
  exportOptions: ["pool"],
  encode: async (model, { pool = model.pool }) => new Map([["", encodeOnnx({ ...model, pool })]]),
};

/** The bytes of a native model file. */
export function encodeOnnx(model: Model): Uint8Array {
  return portableGraph(model, metadataOf(model));
}

/**
 * The model in the bytes of a native model file.
 * @param path named in errors
 * @throws ModelFormatError
 */
export function decodeOnnx(path: string, bytes: Uint8Array): Model {
  const file = decode(path, bytes);
  const metadata = new Map(file.metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]));
  const architecture = architectureOf(path, metadata, onnx.title);
  return modelOf(path, architecture, metadata, readInitializers(path, file.graph?.initializer ?? []));
}

function decode(path: string, bytes: Uint8Array): schema.ModelProto {
  try {
    const file = schema.ModelProto.decode(bytes);
    if (file.graph?.node?.length) return file;
  } catch (cause) {
    throw damagedModel(path, "an ONNX model", messageOf(cause), cause);
  }
  throw damagedModel(path, "an ONNX model", `${bytes.length} bytes that hold no graph`);
}

function readInitializers(path: string, initializers: readonly schema.ITensorProto[]): Weights {
  const weights: Weights = new Map();
  for (const tensor of initializers) {
    if (!tensor.name || tensor.dataType !== schema.TensorProto.DataType.FLOAT) continue;
    weights.set(tensor.name, kerasLayout(tensor.name, (tensor.dims ?? []).map(Number), values(path, tensor)));
  }
  return weights;
}

/** A tensor's values. ONNX tools put them in one of two places. */
function values(path: string, tensor: schema.ITensorProto): Float32Array {
  const count = elementCount((tensor.dims ?? []).map(Number));
  const raw = tensor.rawData;
  if (!raw?.length) return Float32Array.from(tensor.floatData ?? []);
  if (raw.length !== 4 * count) {
    throw damagedModel(path, `${4 * count} bytes of ${tensor.name}`, `${raw.length}`);
  }
  return new Float32Array(new Uint8Array(raw).buffer);
}

function kerasLayout(name: string, dims: number[], data: Float32Array): Weight {
  const axes = [ONNX_TO_KERAS, ONNX_TO_KERAS_3D].find(({ length }) => length === dims.length);
  if (!axes || !name.endsWith("/kernel") || elementCount(dims) !== data.length) return { shape: dims, data };
  return { shape: axes.map((axis) => dims[axis]!), data: transpose(data, dims, axes) };
}
