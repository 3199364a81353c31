import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ModelFormatError, messageOf } from "../base/errors.js";
import { DEFAULTS } from "../base/limits.js";
import "../base/int64.js";
import { onnx as schema } from "../graph/generated/onnx.js";
import { portableGraph } from "../graph/prediction.js";
import { KERAS_TO_ONNX, ONNX_TO_KERAS, transpose } from "../graph/weight-layout.js";
import { ARCHITECTURES } from "../model/architectures.js";
import { elementCount, type Model, selectWeights, type Weight, type Weights } from "../model/weights.js";
import type { ModelFormat } from "./format.js";

/** Keys of metadata_props; provenance follows its prefix key by key. */
const KEYS = {
  architecture: "defcon.architecture",
  pool: "defcon.pool",
  weightsDigest: "defcon.weights_sha256",
  provenance: "defcon.provenance.",
} as const;

/**
 * The native model file: the prediction graph as any ONNX tool runs it, with weights as initializers under their layers' names
 * and what this program adds in metadata_props.
 */
export const onnx: ModelFormat = {
  id: "onnx",
  title: "ONNX",
  layout: "file",
  extensions: [".onnx"],
  // Protocol buffers have no signature: only another format's can rule this one out.
  recognises: () => undefined,
  read: readOnnx,
  exportOptions: ["pool"],
  encode: async (model, { pool = model.pool }) =>
    new Map([["", portableGraph(model, metadataOf({ ...model, pool }))]]),
};

function metadataOf(model: Model): Record<string, string> {
  const provenance = Object.entries(model.provenance).map(([key, value]) => [KEYS.provenance + key, value]);
  return {
    [KEYS.architecture]: model.architecture.name,
    [KEYS.pool]: String(model.pool),
    [KEYS.weightsDigest]: weightsDigest(model.weights),
    ...Object.fromEntries(provenance),
  };
}

async function readOnnx(path: string): Promise<Model> {
  const file = decode(path, await readFile(path));
  const metadata = new Map(file.metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]));
  const name = metadata.get(KEYS.architecture);
  const architecture = ARCHITECTURES.get(name ?? "");
  if (!architecture) {
    throw new ModelFormatError("MODEL_ARCHITECTURE", {
      subject: path,
      expected: `an ONNX model of ${[...ARCHITECTURES.keys()].join(" or ")} (metadata ${KEYS.architecture})`,
      found: name === undefined ? "an ONNX model without that metadata" : `the architecture ${name}`,
      advice:
        "Only models that this program imported or trained can be used; a newer program may have written this one.",
    });
  }
  const weights = selectWeights(architecture, readInitializers(path, file.graph?.initializer ?? []), path);
  const digest = metadata.get(KEYS.weightsDigest);
  if (digest !== undefined && digest !== weightsDigest(weights)) {
    throw damaged(path, `weights with the SHA-256 ${digest}`, weightsDigest(weights));
  }
  const provenance = [...metadata].filter(([key]) => key.startsWith(KEYS.provenance));
  return {
    architecture,
    weights,
    provenance: Object.fromEntries(
      provenance.map(([key, value]) => [key.slice(KEYS.provenance.length), value]),
    ),
    pool: readPool(path, metadata.get(KEYS.pool)),
  };
}

function decode(path: string, bytes: Uint8Array): schema.ModelProto {
  try {
    const file = schema.ModelProto.decode(bytes);
    if (file.graph?.node?.length) return file;
  } catch (cause) {
    throw damaged(path, "an ONNX model", messageOf(cause), cause);
  }
  throw damaged(path, "an ONNX model", `${bytes.length} bytes that hold no graph`);
}

function readInitializers(path: string, initializers: readonly schema.ITensorProto[]): Weights {
  const weights: Weights = new Map();
  for (const tensor of initializers) {
    if (!tensor.name || tensor.dataType !== schema.TensorProto.DataType.FLOAT) continue;
    weights.set(tensor.name, kerasLayout(tensor.name, (tensor.dims ?? []).map(Number), values(path, tensor)));
  }
  return weights;
}

/** A tensor's values from either of the two places where ONNX tools put them. */
function values(path: string, tensor: schema.ITensorProto): Float32Array {
  const count = elementCount((tensor.dims ?? []).map(Number));
  const raw = tensor.rawData;
  if (!raw?.length) return Float32Array.from(tensor.floatData ?? []);
  if (raw.length !== 4 * count) {
    throw damaged(path, `${4 * count} bytes of ${tensor.name}`, `${raw.length}`);
  }
  return new Float32Array(new Uint8Array(raw).buffer);
}

function kerasLayout(name: string, dims: number[], data: Float32Array): Weight {
  if (!name.endsWith("/kernel") || dims.length !== KERAS_TO_ONNX.length) return { shape: dims, data };
  if (elementCount(dims) !== data.length) return { shape: dims, data };
  return { shape: ONNX_TO_KERAS.map((axis) => dims[axis]!), data: transpose(data, dims, ONNX_TO_KERAS) };
}

function readPool(path: string, text: string | undefined): number {
  if (text === undefined) return DEFAULTS.pool;
  const pool = Number(text);
  if (Number.isInteger(pool) && pool > 0) return pool;
  throw damaged(path, `a whole number in the metadata ${KEYS.pool}`, text);
}

function weightsDigest(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { data }] of weights) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function damaged(path: string, expected: string, found: string, cause?: unknown): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected,
    found,
    advice: "The file is damaged or no model; copy or import it again.",
    cause,
  });
}
