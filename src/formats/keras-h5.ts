import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Dataset, File, Group } from "h5wasm/node";
import { sha256Of } from "../base/digest.js";
import { ModelFormatError, notWritable } from "../base/errors.js";
import { HDF5_SIGNATURE, hdf5Reason, loadHdf5, type OpenHdf5 } from "../base/hdf5.js";
import { DEFAULTS, FILE_LIMITS } from "../base/limits.js";
import { readRegularFile } from "../base/regular-file.js";
import { ARCHITECTURES } from "../model/architectures.js";
import type { Architecture } from "../model/layers.js";
import {
  type Model,
  segmentationSpecs,
  selectWeights,
  type Weight,
  type Weights,
  weightOf,
  weightSpecs,
} from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { fitsKeras, kerasConfig, kerasLayerNames } from "./keras-config.js";
import { METADATA_ATTRIBUTE, metadataText, modelOf, parseMetadata } from "./metadata.js";

/**
 * Keras 2 in HDF5, as `model.save` and `model.save_weights` write it.
 * Each layer is a group whose attribute weight_names lists its datasets. Weights are found by the
 * name of their layer: the names inside a layer differ from file to file ("conv_1_4/kernel:0").
 */
export const kerasH5: ModelFormat = {
  id: "keras",
  title: "Keras HDF5",
  layout: "file",
  extensions: [".h5", ".hdf5", ".keras.h5"],
  recognises: (head) => HDF5_SIGNATURE.every((byte, i) => head[i] === byte),
  read: (path) => withFile(path, (file) => readOpened(path, file)),
  readHalf: (path) => withFile(path, async (file) => readHalf(path, file)),
  holds: fitsKeras,
  exportOptions: [],
  encode: async (model) => new Map([["", await encodeKerasH5(model)]]),
};

/** The version whose layout is written. Later ones read it. */
const KERAS_VERSION = "2.0.8";

/**
 * Encodes a whole model.
 * The HDF5 library writes to files only, so the bytes pass through a temporary folder.
 */
async function encodeKerasH5(model: Model): Promise<Uint8Array> {
  const openHdf5 = await loadHdf5();
  const folder = await mkdtemp(join(tmpdir(), "defcon-fiji-"));
  try {
    const path = join(folder, "model.h5");
    const file = openHdf5(path, "w");
    try {
      fill(file, model);
    } finally {
      file.close();
    }
    return await readFile(path);
  } catch (cause) {
    throw notWritable(folder, cause, hdf5Reason(cause));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fill(file: File, model: Model): void {
  const root = file.create_group("model_weights");
  for (const group of [file, root]) {
    setText(group, "keras_version", KERAS_VERSION);
    setText(group, "backend", "tensorflow");
  }
  setText(file, "model_config", JSON.stringify(kerasConfig(model.architecture)));
  setText(file, METADATA_ATTRIBUTE, metadataText(model));
  const layers = kerasLayerNames(model.architecture);
  setTexts(root, "layer_names", layers);
  for (const layer of layers) {
    const group = root.create_group(layer);
    const names = [...model.weights.keys()].filter((name) => name.startsWith(`${layer}/`));
    setTexts(
      group,
      "weight_names",
      names.map((name) => `${name}:0`),
    );
    if (names.length > 0) group.create_group(layer);
    for (const name of names) {
      const { shape, data } = weightOf(model, name);
      group.create_dataset({ name: `${name}:0`, data, shape: [...shape], dtype: "<f" });
    }
  }
}

/**
 * Sets a text of fixed length, as Keras writes them.
 * h5py gives such texts as bytes, which old versions of Keras decode.
 */
function setText(group: Group, name: string, text: string): void {
  group.create_attribute(name, text, [], `S${Buffer.byteLength(text)}`);
}

function setTexts(group: Group, name: string, texts: readonly string[]): void {
  if (texts.length === 0) group.create_attribute(name, new Float64Array(0), [0], "<d");
  else
    group.create_attribute(
      name,
      [...texts],
      [texts.length],
      `S${Math.max(...texts.map((text) => Buffer.byteLength(text)))}`,
    );
}

async function withFile<T>(path: string, read: (file: File) => Promise<T>): Promise<T> {
  const file = openFile(path, await loadHdf5());
  try {
    return await read(file);
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw formatError(path, "a readable HDF5 file", hdf5Reason(cause), cause);
  } finally {
    file.close();
  }
}

async function readOpened(path: string, file: File): Promise<Model> {
  const root = layerRoot(path, file);
  const weights = readWeights(path, root);
  const architecture = matchArchitecture(path, weights);
  const metadata = file.attrs[METADATA_ATTRIBUTE]?.value;
  if (metadata !== undefined)
    return modelOf(path, architecture, parseMetadata(path, String(metadata)), weights);
  return {
    architecture,
    weights: selectWeights(architecture, weights, path),
    provenance: {
      source: basename(path),
      source_sha256: sha256Of(await readRegularFile(path, FILE_LIMITS.maxModelBytes)),
      ...provenanceOf(file, root),
    },
    pool: DEFAULTS.pool,
  };
}

/** The segmentation half; undefined where the file holds layers of the other half too. */
function readHalf(path: string, file: File): Pick<Model, "architecture" | "weights"> | undefined {
  const found = readWeights(path, layerRoot(path, file));
  const architecture = matchArchitecture(path, found);
  const half = segmentationSpecs(architecture);
  const others = weightSpecs(architecture).slice(half.length);
  if (half.length === 0 || others.some(({ name }) => found.has(name))) return undefined;
  return { architecture, weights: selectWeights(architecture, found, path, half) };
}

function openFile(path: string, open: OpenHdf5): File {
  try {
    return open(path, "r");
  } catch (cause) {
    throw formatError(path, "a readable HDF5 file", hdf5Reason(cause), cause);
  }
}

/** The group of the layers: model_weights in whole models, the root in files of weights only. */
function layerRoot(path: string, file: File): Group {
  const root = file.keys().includes("model_weights") ? (file.get("model_weights") as Group) : file;
  if (!("layer_names" in root.attrs)) {
    const keys = file.keys().slice(0, 8).join(", ");
    throw formatError(
      path,
      "a Keras 2 model (attribute layer_names)",
      `an HDF5 file with ${keys || "nothing in it"}`,
    );
  }
  return root;
}

function readWeights(path: string, root: Group): Weights {
  const weights: Weights = new Map();
  for (const layer of names(root.attrs.layer_names?.value)) {
    const group = attempt(path, `layer ${layer}`, () => root.get(layer)) as Group | null;
    if (!group?.attrs) throw formatError(path, `a group for the layer ${layer}`, "none");
    for (const name of names(group.attrs.weight_names?.value)) {
      const kind = name.slice(name.lastIndexOf("/") + 1).replace(/:\d+$/, "");
      weights.set(`${layer}/${kind}`, readDataset(path, group, layer, name));
    }
  }
  return weights;
}

function readDataset(path: string, group: Group, layer: string, name: string): Weight {
  return attempt(path, `${layer}/${name}`, () => {
    const dataset = group.get(name) as Dataset | null;
    const value = dataset?.value;
    if (!dataset?.shape || !(value instanceof Float32Array || value instanceof Float64Array)) {
      throw formatError(
        path,
        `a floating-point dataset ${layer}/${name}`,
        dataset ? String(dataset.dtype) : "none",
      );
    }
    return { shape: dataset.shape, data: Float32Array.from(value) };
  });
}

function matchArchitecture(path: string, weights: Weights): Architecture {
  const layers = new Set([...weights.keys()].map((name) => name.slice(0, name.lastIndexOf("/"))));
  const kept = [...ARCHITECTURES.values()].filter(fitsKeras);
  for (const architecture of kept) {
    const wanted = weightSpecs(architecture).map(({ name }) => name.slice(0, name.lastIndexOf("/")));
    if (wanted.some((layer) => layers.has(layer))) return architecture;
  }
  throw new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: path,
    expected: `the layers of ${kept.map(({ name }) => name).join(" or ")} (conv_seg_1, …, density)`,
    found: `a Keras model with the layers ${[...layers].slice(0, 8).join(", ") || "(none with weights)"}`,
    advice: "Only density-estimation networks of these architectures can be imported.",
  });
}

function provenanceOf(file: File, root: Group): Record<string, string> {
  const version = root.attrs.keras_version ?? file.attrs.keras_version;
  const training = trainingConfig(file.attrs.training_config?.value);
  return { ...(version && { keras_version: String(version.value) }), ...(training && { training }) };
}

/** Keras' training_config in one line; undefined where none can be read. */
function trainingConfig(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { optimizer_config: optimizer, loss } = JSON.parse(text);
    return `loss ${JSON.stringify(loss)}, optimizer ${optimizer?.class_name} ${JSON.stringify(optimizer?.config)}`;
  } catch {
    return undefined;
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function attempt<T>(path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw formatError(path, `${what} in the HDF5 file`, hdf5Reason(cause), cause);
  }
}

function formatError(path: string, expected: string, found: string, cause?: unknown): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected,
    found,
    advice: "The file is damaged, or is no Keras 2 model; copy it again from where it was made.",
    cause,
  });
}
