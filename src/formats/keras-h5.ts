import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { File, Group } from "h5wasm/node";
import { ModelFormatError, notWritable } from "../base/errors.js";
import { HDF5_SIGNATURE, hdf5Reason, loadHdf5 } from "../base/hdf5.js";
import { WorkerLink } from "../base/worker-link.js";
import { fromOtherThread } from "../model/architectures.js";
import { type Model, weightOf } from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { fitsKeras, kerasConfig, kerasLayerNames } from "./keras-config.js";
import type { Keras3Origin, KerasContent, KerasRequest } from "./keras-h5-reading.js";
import { METADATA_ATTRIBUTE, metadataText } from "./metadata.js";

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
  read: async (path) => (await readInThread({ kind: "model", path })) as Model,
  readsApart: true,
  readHalf: (path) => readInThread({ kind: "half", path }),
  holds: fitsKeras,
  exportOptions: [],
  encode: async (model) => new Map([["", await encodeKerasH5(model)]]),
};

/** Longest time that reading a file may take, ms. Machines are busy: it takes some milliseconds. */
const READING_MS = 20_000;

/**
 * Reads a file in a thread of its own, which ends with it.
 * HDF5's library was not made for files of others. It may never end with a damaged one, and after
 * an error it keeps the file open for as long as its thread lives.
 * @throws ModelFormatError
 */
async function readInThread(request: KerasRequest): Promise<KerasContent | undefined> {
  const named = request.kind === "keras3" ? request.from.path : request.path;
  const lossOf = (found: string) =>
    new ModelFormatError("MODEL_FORMAT", {
      subject: named,
      expected: "a readable HDF5 file",
      found,
      advice: "The file is damaged; copy it again from where it was made.",
    });
  const script = new URL("./keras-h5-worker.js", import.meta.url);
  const link = new WorkerLink<KerasRequest, KerasContent | undefined>(script, undefined, lossOf);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void link.terminate();
  }, READING_MS);
  try {
    const content = await link.ask(request);
    return content && fromOtherThread(content);
  } catch (error) {
    throw late ? lossOf(`no end after ${READING_MS / 1000} s`) : error;
  } finally {
    clearTimeout(timer);
    await link.terminate();
  }
}

/**
 * The model of a file of weights that Keras 3 wrote.
 * @throws ModelFormatError
 */
export async function readKeras3Weights(path: string, from: Keras3Origin): Promise<Model> {
  return (await readInThread({ kind: "keras3", path, from })) as Model;
}

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
