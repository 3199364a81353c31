import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ModelFormatError, messageOf } from "../base/errors.js";
import type { Model } from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { readKeras3Weights } from "./keras-h5.js";
import { damagedModel } from "./metadata.js";

const CONFIG = "config.json";
const WEIGHTS = "model.weights.h5";

/**
 * Keras 3's own format (.keras): a zip archive of the layers' description and their weights.
 * It is read by the names of the layers, as the other Keras files are.
 */
export const kerasArchive: ModelFormat = {
  id: "keras3",
  title: "Keras 3 archive",
  layout: "file",
  extensions: [".keras"],
  recognises: () => false,
  recognisesArchive: (names) => names.includes(CONFIG) && names.includes(WEIGHTS),
  read: readKerasArchive,
  readsApart: true,
  exportOptions: [],
};

/** The HDF5 library reads files only, so the weights pass through a temporary folder. */
async function readKerasArchive(path: string): Promise<Model> {
  const { readModelArchive } = await import("./zip.js");
  const files = await readModelArchive(path);
  const names = layerNames(path, files.get(CONFIG)!);
  const folder = await mkdtemp(join(tmpdir(), "defcon-fiji-"));
  try {
    const weights = join(folder, WEIGHTS);
    await writeFile(weights, files.get(WEIGHTS)!);
    return await readKeras3Weights(weights, { path, source: basename(path), names });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Classes of the layers that have weights here, as Keras 3 names their groups. */
const GROUPS: Readonly<Record<string, string>> = { Conv2D: "conv2d", Conv2DTranspose: "conv2d_transpose" };

/**
 * The names of layers, by the groups that their weights are in: "conv2d", "conv2d_1", …
 * Groups are numbered by class, in the order of the layers. Later versions note the name in the
 * group itself.
 */
function layerNames(path: string, bytes: Uint8Array): Map<string, string> {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { class_name: title, config } of layersIn(path, bytes)) {
    const group = GROUPS[String(title)];
    if (group === undefined) continue;
    const count = counts.get(group) ?? 0;
    counts.set(group, count + 1);
    names.set(count === 0 ? group : `${group}_${count}`, String(config?.name));
  }
  return names;
}

interface LayerConfig {
  class_name?: unknown;
  config?: { name?: unknown };
}

/** @throws ModelFormatError MODEL_FORMAT */
function layersIn(path: string, bytes: Uint8Array): LayerConfig[] {
  try {
    const { config } = JSON.parse(new TextDecoder().decode(bytes)) as { config?: { layers?: unknown } };
    if (Array.isArray(config?.layers)) return config.layers as LayerConfig[];
  } catch (cause) {
    throw damagedModel(path, `JSON in ${CONFIG}`, messageOf(cause), cause);
  }
  throw new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: path,
    expected: "a Keras model that is a list of layers (Sequential or functional)",
    found: "a model of a class of its own",
    advice: "Build the network of layers, load its weights, and save that.",
  });
}
