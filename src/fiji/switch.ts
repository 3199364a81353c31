import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { FijiError } from "../base/errors.js";
import { foldersAbove, inFolder, statusOf } from "./paths.js";

/** One step of a switch, on paths below the Fiji folder. Each can be undone, and what is there tells whether it was done. */
export type Step =
  /** A folder that is not there yet is made. */
  | { do: "folder"; path: string }
  /** A new file goes from the staging folder to its place. */
  | { do: "place"; path: string }
  /** A file of an earlier installation goes to the staging folder. */
  | { do: "take"; path: string }
  /** A folder that has become empty is removed. */
  | { do: "clear"; path: string }
  /** What is the user's gets another name. */
  | { do: "rename"; path: string; to: string };

/** A switch from one state of a Fiji folder to the next, written down before it begins. */
export interface Journal {
  steps: readonly Step[];
  /** Folders that are removed afterwards if nothing is left in them, the inner ones first. */
  emptied: readonly string[];
}

/** Staging folders lie in the Fiji folder, so that a rename is all that it takes, and have names that start so. */
export const STAGING_PREFIX = ".defcon-fiji-install-";

/** Where things lie in a staging folder. The journal is there from before the switch until all of it is done or undone. */
export const STAGING = { fresh: "new", old: "old", journal: "journal.json", done: "done.json" } as const;

/**
 * Goes through the steps, and back again where one fails.
 * @throws Error of the file system that made a step fail; everything is then as it was
 */
export function performSwitch(root: string, staging: string): void {
  const journal = readJournal(staging)!;
  try {
    for (const step of journal.steps) perform(root, staging, step);
    flushFolders(root, journal);
  } catch (cause) {
    undoSwitch(root, staging, journal);
    rmSync(staging, { recursive: true, force: true });
    throw cause;
  }
  renameSync(join(staging, STAGING.journal), join(staging, STAGING.done));
  finishSwitch(root, staging, journal);
}

/**
 * Brings a switch that broke off to an end: one whose steps were all done is finished, any other is undone, and the staging folder is removed.
 * Nothing happens twice however often this breaks off itself.
 */
export function settleSwitch(root: string, staging: string): void {
  const done = readJournal(staging, STAGING.done);
  const begun = readJournal(staging);
  if (done) finishSwitch(root, staging, done);
  else if (begun) undoSwitch(root, staging, begun);
  rmSync(staging, { recursive: true, force: true });
}

function perform(root: string, staging: string, step: Step): void {
  const place = inFolder(root, step.path);
  if (step.do === "folder") mkdirSync(place);
  else if (step.do === "clear") rmdirSync(place);
  else if (step.do === "take") renameSync(place, inFolder(join(staging, STAGING.old), step.path));
  else if (step.do === "rename") moveToFreePlace(place, inFolder(root, step.to));
  else moveToFreePlace(inFolder(join(staging, STAGING.fresh), step.path), place);
}

/** A rename on its own would replace what somebody has put there since. */
function moveToFreePlace(from: string, to: string): void {
  if (statusOf(to)) throw new Error(`${to} has appeared since`);
  renameSync(from, to);
}

function undoSwitch(root: string, staging: string, { steps }: Journal): void {
  for (const step of [...steps].reverse()) undo(root, staging, step);
  // From here on the staging folder holds nothing but copies, whose absence must not be taken for a step that was done.
  unlinkSync(join(staging, STAGING.journal));
  flushFolder(staging);
}

function undo(root: string, staging: string, step: Step): void {
  const place = inFolder(root, step.path);
  if (step.do === "folder") removeIfEmpty(place);
  else if (step.do === "clear") mkdirSync(place, { recursive: true });
  else if (step.do === "take") moveBack(inFolder(join(staging, STAGING.old), step.path), place);
  else if (step.do === "rename") moveBack(inFolder(root, step.to), place);
  else moveBack(place, inFolder(join(staging, STAGING.fresh), step.path));
}

function moveBack(from: string, to: string): void {
  if (statusOf(from) && !statusOf(to)) renameSync(from, to);
}

function finishSwitch(root: string, staging: string, { emptied }: Journal): void {
  for (const folder of emptied) removeIfEmpty(inFolder(root, folder));
  rmSync(staging, { recursive: true, force: true });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something of the user's is in it, or it is gone already.
  }
}

function readJournal(staging: string, name: string = STAGING.journal): Journal | undefined {
  const path = join(staging, name);
  if (!statusOf(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Journal;
  } catch (cause) {
    throw new FijiError("FIJI_WRITE", {
      subject: path,
      expected: "the journal of an installation that broke off",
      found: "a damaged file",
      advice: `What was there before lies in ${join(staging, STAGING.old)}: put it back by hand and remove ${staging}.`,
      cause,
    });
  }
}

/** Makes the renames durable before the journal says that they are done. */
function flushFolders(root: string, { steps }: Journal): void {
  const paths = steps.flatMap((step) => (step.do === "rename" ? [step.path, step.to] : [step.path]));
  const folders = new Set(paths.map((path) => foldersAbove(path).at(-1) ?? ""));
  for (const folder of folders) flushFolder(folder ? inFolder(root, folder) : root);
}

function flushFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, "r");
    fsyncSync(handle);
  } catch {
    // A file system that cannot flush a folder (Windows) is left to its own ways.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Folders that must be in the staging folder before the switch: renames make none. */
export function foldersForTaken(steps: readonly Step[]): string[] {
  const taken = steps.filter((step) => step.do === "take").map(({ path }) => dirname(path));
  return [...new Set(taken)];
}
