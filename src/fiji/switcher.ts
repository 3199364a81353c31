import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFiles } from "../base/atomic-folder.js";
import { throwIfCancelled } from "../base/cancelled.js";
import { DefconError, FijiError } from "../base/errors.js";
import type { FolderLock } from "../base/folder-lock.js";
import { syncFolder } from "../base/sync-folder.js";
import { isLeftOver, lockFiji } from "./lock.js";
import { statusOf } from "./paths.js";
import { foldersForTaken, type Journal, STAGING, STAGING_PREFIX, settleSwitch } from "./switch.js";
import type { SwitchOutcome } from "./switch-process.js";
import { notChanged, notUndone } from "./trouble.js";

const PROGRAM = fileURLToPath(new URL("switch-process.js", import.meta.url));

/** A switch with its new files, by their paths below the Fiji folder. */
export interface PreparedSwitch extends Journal {
  fresh: ReadonlyMap<string, Uint8Array>;
}

/**
 * Changes a Fiji folder while no other process does.
 * An installation that broke off there is completed or undone first.
 * @param work gives the switch to make; undefined: nothing is to be changed
 * @throws FijiError FIJI_BUSY, FIJI_WRITE; DefconError CANCELLED; what the work throws. The folder
 * is then as it was.
 */
export async function changeFiji(
  root: string,
  work: () => PreparedSwitch | undefined,
  signal: AbortSignal,
): Promise<void> {
  const lock = await lockFiji(root);
  try {
    settleAll(root);
    const prepared = work();
    if (prepared) await makeSwitch(root, lock, prepared, signal);
  } catch (cause) {
    throw cause instanceof DefconError ? cause : notChanged(root, cause);
  } finally {
    lock.release();
  }
}

/** Completes or undoes what broke off in a Fiji folder. @throws FijiError FIJI_BUSY, FIJI_WRITE */
export async function settleFiji(root: string): Promise<void> {
  if (!hasLeftOvers(root)) return;
  const lock = await lockFiji(root);
  try {
    settleAll(root);
  } finally {
    lock.release();
  }
}

/** Whether an installation is under way in a Fiji folder, or broke off there. */
export function hasLeftOvers(root: string): boolean {
  return readdirSync(root).some(isLeftOver);
}

function settleAll(root: string): void {
  const left = readdirSync(root).filter((name) => name.startsWith(STAGING_PREFIX));
  for (const name of left) settle(root, join(root, name));
}

function settle(root: string, staging: string): void {
  try {
    if (statusOf(staging)) settleSwitch(root, staging);
  } catch (cause) {
    throw cause instanceof FijiError ? cause : notUndone(root, cause);
  }
}

async function makeSwitch(
  root: string,
  lock: FolderLock,
  prepared: PreparedSwitch,
  signal: AbortSignal,
): Promise<void> {
  const staging = join(root, STAGING_PREFIX + randomBytes(6).toString("hex"));
  const child = spawn(process.execPath, [PROGRAM, root, staging, String(process.pid)], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  const outcome = outcomeOf(child);
  let switching = false;
  try {
    if (child.pid !== undefined) lock.share(child.pid);
    await stage(staging, prepared);
    throwIfCancelled(signal);
    // This one byte starts the switch, which then completes whatever happens to this process.
    child.stdin!.write("!");
    switching = true;
  } catch (cause) {
    child.stdin!.end();
    await outcome;
    throw cause instanceof DefconError ? cause : notChanged(root, cause);
  } finally {
    if (!switching) settle(root, staging);
  }
  const { failed } = await outcome;
  // If the other process was ended halfway, its work is undone here, while the lock is still held.
  settle(root, staging);
  if (failed) throw notChanged(root, Object.assign(new Error(failed.message), { code: failed.code }), true);
}

async function stage(staging: string, { fresh, steps, emptied }: PreparedSwitch): Promise<void> {
  mkdirSync(staging);
  await writeFiles(join(staging, STAGING.fresh), fresh);
  for (const folder of foldersForTaken(steps)) {
    mkdirSync(join(staging, STAGING.old, ...folder.split("/")), { recursive: true });
  }
  const journal: Journal = { steps, emptied };
  const unnamed = `${STAGING.journal}.partial`;
  await writeFiles(staging, new Map([[unnamed, new TextEncoder().encode(JSON.stringify(journal))]]));
  renameSync(join(staging, unnamed), join(staging, STAGING.journal));
  await syncFolder(staging);
}

/** The last word of a switch process; one that ended without a word has failed. */
function outcomeOf(child: ChildProcess): Promise<SwitchOutcome> {
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  child.stdin?.on("error", () => undefined);
  return new Promise((resolve) => {
    child.on("error", ({ message }) => resolve({ failed: { code: undefined, message } }));
    child.on("close", (code, signal) => {
      const message = `the process that was to switch ended with ${signal ?? `code ${code}`}`;
      resolve(text ? (JSON.parse(text) as SwitchOutcome) : { failed: { code: undefined, message } });
    });
  });
}
