import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { FijiError } from "../base/errors.js";
import { syncFolderNow } from "../base/sync-folder.js";
import { foldersAbove, inFolder, statusOf } from "./paths.js";

/**
 * One step of a switch, on paths below the Fiji folder.
 * Each can be undone, and the files show whether it was done.
 */
export type Step =
  /** Makes a folder that does not exist yet. */
  | { do: "folder"; path: string }
  /** Moves a new file from the staging folder to its place. */
  | { do: "place"; path: string }
  /** Moves a file of an earlier installation to the staging folder. */
  | { do: "take"; path: string }
  /** Removes a folder that has become empty. */
  | { do: "clear"; path: string }
  /** Gives something of the user's another name. */
  | { do: "rename"; path: string; to: string };

/** A switch from one state of a Fiji folder to the next, written down before it begins. */
export interface Journal {
  steps: readonly Step[];
  /** Folders that are removed afterwards if they are empty, the inner ones first. */
  emptied: readonly string[];
}

/**
 * Start of the names of staging folders. They are in the Fiji folder, so that a rename is enough.
 */
export const STAGING_PREFIX = ".defcon-fiji-install-";

/**
 * Names in a staging folder. The journal exists from before the switch until all is done or undone.
 */
export const STAGING = { fresh: "new", old: "old", journal: "journal.json", done: "done.json" } as const;

/**
 * Does the steps, and undoes them where one fails.
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
 * Completes or undoes a switch that broke off, and removes the staging folder.
 * It is completed if all its steps were done, else undone. This may itself break off and be
 * repeated.
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

/** A rename alone would replace what somebody has put there meanwhile. */
function moveToFreePlace(from: string, to: string): void {
  if (statusOf(to)) throw new Error(`${to} has appeared since`);
  renameSync(from, to);
}

function undoSwitch(root: string, staging: string, { steps }: Journal): void {
  for (const step of [...steps].reverse()) undo(root, staging, step);
  // From here on the staging folder holds only copies: a missing one must not look like a step
  // done.
  unlinkSync(join(staging, STAGING.journal));
  syncFolderNow(staging);
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
    // The folder holds something of the user's, or is already gone.
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
  for (const folder of folders) syncFolderNow(folder ? inFolder(root, folder) : root);
}

/** Folders that the staging folder must have before the switch, since renames make none. */
export function foldersForTaken(steps: readonly Step[]): string[] {
  const taken = steps.filter((step) => step.do === "take").map(({ path }) => dirname(path));
  return [...new Set(taken)];
}
