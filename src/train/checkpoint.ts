import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Dataset, File } from "h5wasm/node";
import { AtomicFile } from "../base/atomic-file.js";
import { messageOf, notWritable, systemErrorCode, TrainingError } from "../base/errors.js";
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
/** The checkpoint before that one. */
const EARLIER_NAME = "checkpoint-before.h5";
const STATE_PARTS = ["parameters", "mean", "square"] as const;

export function checkpointPath(folder: string): string {
  return join(folder, NAME);
}

/** The place of the checkpoint that was written before the newest one. */
export function earlierCheckpointPath(folder: string): string {
  return join(folder, EARLIER_NAME);
}

export function hasCheckpoint(folder: string): boolean {
  return existsSync(checkpointPath(folder)) || existsSync(earlierCheckpointPath(folder));
}

/**
 * Writes a checkpoint as HDF5, whole or not at all. The one that was there is kept beside it.
 * `state` holds everything but arrays, as JSON; `network/` the weights by name in Keras' layout;
 * `stage/` the parameter lists of the stage under way; `digest` the SHA-256 of all that.
 * @throws InputError OUTPUT_WRITE
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
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
  await target.commit(() => replace(checkpointPath(folder), earlierCheckpointPath(folder)));
}

/** Between this rename and the next one there is no newest checkpoint, and the earlier one counts. */
function replace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (systemErrorCode(cause) !== "ENOENT") throw cause;
  }
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
  file.create_dataset({ name: "digest", data: digestOf(text, { weights, state, best }) });
}

/** The SHA-256 of what a file holds: HDF5 itself does not notice a changed number. */
function digestOf(
  text: Uint8Array,
  { weights, state, best }: Pick<Checkpoint, "weights" | "state" | "best">,
): Uint8Array {
  const hash = createHash("sha256").update(text);
  for (const [name, { data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(name).update(data);
  }
  for (const part of STATE_PARTS) hash.update(state[part]);
  return new Uint8Array(hash.update(best).digest());
}

/** A checkpoint that was found, and what was wrong with a newer one. */
export interface FoundCheckpoint {
  checkpoint: Checkpoint;
  path: string;
  /** Why the newest checkpoint was passed over; absent for the newest one itself. */
  damage?: TrainingError;
}

/**
 * The newest checkpoint of a folder that can be read.
 * @returns undefined where the folder holds no checkpoint
 * @throws TrainingError TRAINING_STATE where none can be read
 */
export async function findCheckpoint(folder: string): Promise<FoundCheckpoint | undefined> {
  const [newest, earlier] = [checkpointPath(folder), earlierCheckpointPath(folder)];
  if (!existsSync(newest)) {
    return existsSync(earlier) ? { checkpoint: await readFile(earlier), path: earlier } : undefined;
  }
  try {
    return { checkpoint: await readFile(newest), path: newest };
  } catch (damage) {
    if (!(damage instanceof TrainingError)) throw damage;
    const checkpoint = await readFile(earlier).catch(() => undefined);
    if (!checkpoint) throw damage;
    return { checkpoint, path: earlier, damage };
  }
}

/** The content of {@link findCheckpoint}. @throws as it does */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  return (await findCheckpoint(folder))?.checkpoint;
}

/** Puts the earlier checkpoint in the place of a newest one that is damaged. */
export function restoreEarlier(folder: string): void {
  replace(earlierCheckpointPath(folder), checkpointPath(folder));
}

/** @throws TrainingError TRAINING_STATE for a file that cannot be read */
async function readFile(path: string): Promise<Checkpoint> {
  const openHdf5 = await loadHdf5();
  let file: File | undefined;
  try {
    file = openHdf5(path, "r");
    const bytes = dataset(file, "state").value as Uint8Array;
    const { version, ...rest } = JSON.parse(
      new TextDecoder().decode(bytes),
      numbersForWords,
    ) as Checkpoint & {
      version: number;
    };
    if (version !== VERSION) throw new RangeError(`version ${version} instead of ${VERSION}`);
    const list = (name: string) => dataset(file!, `stage/${name}`).value as Float32Array;
    const [parameters, mean, square] = STATE_PARTS.map(list) as [Float32Array, Float32Array, Float32Array];
    const arrays = { weights: readWeights(file), state: { parameters, mean, square }, best: list("best") };
    checkDigest(file, digestOf(bytes, arrays));
    return { ...rest, ...arrays };
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

/** Files of earlier versions have no digest. */
function checkDigest(file: File, digest: Uint8Array): void {
  if (!file.keys().includes("digest")) return;
  const stored = dataset(file, "digest").value as Uint8Array;
  if (Buffer.compare(stored, digest) !== 0) throw new RangeError("numbers that have changed since");
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
