import { basename } from "node:path";
import type { Dataset, File, Group } from "h5wasm/node";
import { sha256Of } from "../base/digest.js";
import { ModelFormatError } from "../base/errors.js";
import { hdf5Reason, loadHdf5, type OpenHdf5 } from "../base/hdf5.js";
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
  weightSpecs,
} from "../model/weights.js";
import { fitsKeras } from "./keras-config.js";
import { METADATA_ATTRIBUTE, modelOf, parseMetadata } from "./metadata.js";

/** What is read of a file: a model, the segmentation half of one, or weights that Keras 3 wrote. */
export type KerasRequest =
  | { kind: "model" | "half"; path: string }
  | { kind: "keras3"; path: string; from: Keras3Origin };

/** Where weights that Keras 3 wrote come from. */
export interface Keras3Origin {
  /** The file to name in errors. */
  path: string;
  /** Its name, for the provenance. */
  source: string;
  /** Names of layers by groups that do not tell them. */
  names: ReadonlyMap<string, string>;
}

/** What a file holds; undefined where half a model was asked for and it holds more. */
export type KerasContent = Pick<Model, "architecture" | "weights"> & Partial<Model>;

/**
 * Reads a file of Keras in HDF5, in this thread.
 * @throws ModelFormatError
 */
export function readKerasFile(request: KerasRequest): Promise<KerasContent | undefined> {
  const { kind, path } = request;
  if (kind === "keras3") {
    const { from } = request;
    return withFile(path, (file) => readKeras3(from.path, file, from), from.path);
  }
  return withFile<KerasContent | undefined>(path, (file) =>
    kind === "model" ? readOpened(path, file) : Promise.resolve(readHalf(path, file)),
  );
}

/** @param named the file to name in errors */
async function withFile<T>(path: string, read: (file: File) => Promise<T>, named = path): Promise<T> {
  const file = openFile(path, await loadHdf5(), named);
  try {
    return await read(file);
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw formatError(named, "a readable HDF5 file", hdf5Reason(cause), cause);
  } finally {
    file.close();
  }
}

async function readKeras3(
  path: string,
  file: File,
  { source, names }: Pick<Keras3Origin, "source" | "names">,
): Promise<Model> {
  const weights: Weights = new Map();
  const layers = file.get("layers") as Group;
  for (const group of layers.keys()) {
    const vars = attempt(path, `layers/${group}/vars`, () => layers.get(`${group}/vars`)) as Group | null;
    const layer = vars?.attrs?.name?.value ?? names.get(group);
    if (!vars || layer === undefined) continue;
    for (const [i, kind] of ["kernel", "bias"].entries()) {
      if (!vars.keys().includes(String(i))) continue;
      weights.set(`${layer}/${kind}`, readDataset(path, vars, String(layer), String(i)));
    }
  }
  const architecture = matchArchitecture(path, weights);
  return {
    architecture,
    weights: selectWeights(architecture, weights, path),
    provenance: { source, source_sha256: sha256Of(await readRegularFile(path, FILE_LIMITS.maxModelBytes)) },
    pool: DEFAULTS.pool,
  };
}

async function readOpened(path: string, file: File): Promise<Model> {
  if (file.keys().includes("layers"))
    return readKeras3(path, file, { source: basename(path), names: new Map() });
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
  if (file.keys().includes("layers")) return undefined;
  const found = readWeights(path, layerRoot(path, file));
  const architecture = matchArchitecture(path, found);
  const half = segmentationSpecs(architecture);
  const others = weightSpecs(architecture).slice(half.length);
  if (half.length === 0 || others.some(({ name }) => found.has(name))) return undefined;
  return { architecture, weights: selectWeights(architecture, found, path, half) };
}

function openFile(path: string, open: OpenHdf5, named: string): File {
  try {
    return open(path, "r");
  } catch (cause) {
    throw formatError(named, "a readable HDF5 file", hdf5Reason(cause), cause);
  }
}

/** The group of the layers: model_weights in whole models, the root in files of weights only. */
function layerRoot(path: string, file: File): Group {
  const root = file.keys().includes("model_weights") ? (file.get("model_weights") as Group) : file;
  if (!("layer_names" in root.attrs)) {
    const keys = file.keys().slice(0, 8).join(", ");
    throw formatError(
      path,
      "a Keras model (attribute layer_names)",
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
    advice: "The file is damaged, or is no Keras model; copy it again from where it was made.",
    cause,
  });
}
