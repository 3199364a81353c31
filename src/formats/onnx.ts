import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { ModelFormatError, messageOf, systemErrorCode } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readRegularFile, specialKindAt } from "../base/regular-file.js";
import "../base/int64.js";
import { onnx as schema } from "../graph/generated/onnx.js";
import { portableGraph } from "../graph/prediction.js";
import type { Model } from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { architectureOf, damagedModel, metadataOf, modelOf } from "./metadata.js";
import { readForeignGraph } from "./onnx-foreign.js";
import { type External, OnnxTensors } from "./onnx-tensors.js";

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
  read: async (path) =>
    decodeOnnx(path, await readRegularFile(path, FILE_LIMITS.maxModelBytes), filesBeside(path)),
  exportOptions: ["pool"],
  encode: async (model, { pool = model.pool }) => new Map([["", encodeOnnx({ ...model, pool })]]),
};

/** The bytes of a native model file. */
export function encodeOnnx(model: Model): Uint8Array {
  return portableGraph(model, metadataOf(model));
}

/**
 * The model in the bytes of an ONNX file.
 * Files of this program have metadata that tell the network, also after other tools have written
 * them again. In other files the graph tells it.
 * @param path named in errors
 * @param external reads weights that lie in other files
 * @throws ModelFormatError
 */
export function decodeOnnx(path: string, bytes: Uint8Array, external: External): Model {
  const file = decode(path, bytes);
  const { node = [], initializer = [] } = file.graph ?? {};
  refuseQuantised(path, node ?? []);
  const tensors = new OnnxTensors(path, initializer ?? [], external);
  const metadata = new Map(file.metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]));
  const foreign = metadata.has("defcon.architecture")
    ? undefined
    : readForeignGraph(path, file, tensors, bytes);
  if (foreign) return foreign;
  const architecture = architectureOf(path, metadata, onnx.title);
  const weights = tensors.weights();
  return modelOf(path, architecture, metadata, weights, tensors.isHalf ? HALF : undefined);
}

/** What is noted of a model whose weights were rounded to 16 bits. */
const HALF = { precision: "weights of half precision (16 bits)" };

/** Operators of graphs whose weights were rounded to 8 bits, or whose layers compute in 8 bits. */
const QUANTISED = new Set(["ConvInteger", "QLinearConv", "DequantizeLinear", "DynamicQuantizeLinear"]);

function refuseQuantised(path: string, nodes: readonly schema.INodeProto[]): void {
  const found = nodes.find(({ opType }) => QUANTISED.has(opType ?? ""));
  if (!found) return;
  throw new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: "an ONNX model with weights of 16 or 32 bits",
    found: `one that was quantised to 8 bits (operator ${found.opType})`,
    advice:
      "Its weights are rounded too far to be counted with here. Take the model from before it was quantised.",
  });
}

/** Most bytes of weights beside a model: a thousand times what a network here has. */
const MOST_EXTERNAL_BYTES = 536_870_912;

/** Reads parts of files in a model's own folder. */
export function filesBeside(path: string): External {
  return (location, offset, length) => {
    let file: number | undefined;
    try {
      const place = join(dirname(path), location);
      const special = specialKindAt(place);
      if (special) throw new Error(special);
      file = openSync(place, "r");
      const { size } = fstatSync(file);
      const bytes = new Uint8Array(Math.min(length ?? size - offset, MOST_EXTERNAL_BYTES));
      const count = readSync(file, bytes, 0, bytes.length, offset);
      return bytes.subarray(0, count);
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw damagedModel(path, `the file ${location} beside it`, messageOf(error), error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  };
}

/** Weights that lie in other files of an archive. */
export function filesIn(files: ReadonlyMap<string, Uint8Array>, folder: string): External {
  return (location, offset, length) => {
    const bytes = files.get(`${folder}${location}`);
    return bytes?.subarray(offset, length === undefined ? undefined : offset + length);
  };
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
