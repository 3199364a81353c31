import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dataset, File } from "h5wasm/node";
import { AtomicFile } from "../base/atomic-file.js";
import { checkDiskSpace } from "../base/disk-space.js";
import { messageOf, notWritable, TrainingError } from "../base/errors.js";
import { hdf5Reason, isDataset, loadHdf5 } from "../base/hdf5.js";
import type { StageState } from "../engine/engine.js";
import type { Weights } from "../model/weights.js";
import type { EpochRecord } from "./events.js";
import type { TrainingSettings } from "./settings.js";

/** How far a training has come. */
export interface TrainingPosition {
  /** The planned stage under way, from 0; the number of stages once all are done. */
  stage: number;
  /** Epochs of this stage that are over. */
  epoch: number;
  /** Batches that are over in the epoch under way, and the sum of their samples' losses. */
  batch: number;
  lossSum: number;
  /** Steps of the stage's optimiser. */
  steps: number;
  /** Lowest validation loss of the stage, and epochs since then. */
  bestLoss: number;
  epochsSinceBest: number;
}

/** All that a training needs to resume as if it had not been interrupted. */
export interface Checkpoint {
  settings: TrainingSettings;
  /** Of the training set. */
  fingerprint: string;
  position: TrainingPosition;
  history: readonly EpochRecord[];
  /** What was changed in the settings when it was resumed, and from where on. */
  changes?: readonly string[];
  /** The network's weights, with the best ones of the stages that are over. */
  weights: Weights;
  /** State of the stage under way. */
  state: StageState;
  /** The parameters that the stage keeps if it ends now. */
  best: Float32Array;
}

/** Raised when older programs could no longer read the file. */
const VERSION = 1;
const NAME = "checkpoint.h5";
const STATE_PARTS = ["parameters", "mean", "square"] as const;

export function checkpointPath(folder: string): string {
  return join(folder, NAME);
}

export function hasCheckpoint(folder: string): boolean {
  return existsSync(checkpointPath(folder));
}

/**
 * Writes a checkpoint as HDF5, whole or not at all.
 * `state` holds everything but arrays, as JSON; `network/` the weights by name in Keras' layout;
 * `stage/` the parameter lists of the stage under way.
 * @throws InputError OUTPUT_WRITE; OUTPUT_SPACE before anything is written
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  checkDiskSpace(checkpointPath(folder));
  const openHdf5 = await loadHdf5();
  const target = await AtomicFile.create(checkpointPath(folder));
  try {
    const file = openHdf5(target.temporaryPath, "w");
    try {
      fill(file, checkpoint);
    } finally {
      file.close();
    }
  } catch (cause) {
    await target.abort();
    throw notWritable(target.path, cause, hdf5Reason(cause));
  }
  await target.commit();
}

function fill(file: File, { weights, state, best, ...rest }: Checkpoint): void {
  const text = new TextEncoder().encode(JSON.stringify({ version: VERSION, ...rest }, wordsForNumbers));
  file.create_dataset({ name: "state", data: text });
  for (const group of groupsOf(weights)) file.create_group(group);
  for (const [name, { data, shape }] of weights) {
    file.create_dataset({ name: `network/${name}`, data, shape: [...shape], dtype: "<f" });
  }
  for (const part of STATE_PARTS)
    file.create_dataset({ name: `stage/${part}`, data: state[part], dtype: "<f" });
  file.create_dataset({ name: "stage/best", data: best, dtype: "<f" });
}

/**
 * @returns undefined where the folder holds no checkpoint
 * @throws TrainingError TRAINING_STATE for a file that cannot be read
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  if (!hasCheckpoint(folder)) return undefined;
  const path = checkpointPath(folder);
  const openHdf5 = await loadHdf5();
  let file: File | undefined;
  try {
    file = openHdf5(path, "r");
    const text = new TextDecoder().decode(dataset(file, "state").value as Uint8Array);
    const { version, ...rest } = JSON.parse(text, numbersForWords) as Checkpoint & { version: number };
    if (version !== VERSION) throw new RangeError(`version ${version} instead of ${VERSION}`);
    const list = (name: string) => dataset(file!, `stage/${name}`).value as Float32Array;
    const [parameters, mean, square] = STATE_PARTS.map(list) as [Float32Array, Float32Array, Float32Array];
    return { ...rest, weights: readWeights(file), state: { parameters, mean, square }, best: list("best") };
  } catch (cause) {
    throw new TrainingError("TRAINING_STATE", {
      subject: path,
      expected: "a checkpoint of this program",
      found: messageOf(cause).split("\n")[0] ?? "",
      advice: "Start the training anew in another folder.",
      cause,
    });
  } finally {
    file?.close();
  }
}

function groupsOf(weights: Weights): Set<string> {
  const layers = [...weights.keys()].map((name) => `network/${name.slice(0, name.lastIndexOf("/"))}`);
  return new Set(["stage", "network", ...layers]);
}

function readWeights(file: File): Weights {
  const weights: Weights = new Map();
  const network = file.get("network") as File;
  for (const layer of network.keys()) {
    for (const kind of (network.get(layer) as File).keys()) {
      const { value, shape } = dataset(file, `network/${layer}/${kind}`);
      weights.set(`${layer}/${kind}`, { data: value as Float32Array, shape: shape! });
    }
  }
  return weights;
}

function dataset(file: File, name: string): Dataset {
  const found = file.get(name);
  if (!isDataset(found)) throw new RangeError(`no dataset ${name}`);
  return found;
}

/**
 * JSON has neither infinity, which the best loss is before the first epoch, nor NaN, which the
 * validation loss is without validation.
 */
const WORDS = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["NaN", Number.NaN],
]);

function wordsForNumbers(key: string, value: unknown): unknown {
  return typeof value === "number" && WORDS.has(String(value)) && isLoss(key) ? String(value) : value;
}

function numbersForWords(key: string, value: unknown): unknown {
  return typeof value === "string" && isLoss(key) ? (WORDS.get(value) ?? value) : value;
}

/** Other keys may hold these words as texts: a model may be called Infinity. */
function isLoss(key: string): boolean {
  return /loss$/i.test(key);
}
