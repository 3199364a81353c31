import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FijiError, systemErrorCode } from "../base/errors.js";
import { FIJI_LIMITS } from "../base/limits.js";
import { notChanged } from "./trouble.js";

const LOCK_FOLDER = ".defcon-fiji-lock";
const POLL_MS = 25;

/** Whether a name in a Fiji folder belongs to an installation that is under way or broke off. */
export function isLeftOver(name: string): boolean {
  return name.startsWith(".defcon-fiji-");
}

/**
 * Keeps two installations in one Fiji apart.
 * The lock is a folder with an empty file for each process that holds it. It is renamed into its
 * place with the first file in it. It is stale when all its holders are dead. Only their files are
 * then removed from it, so that two processes that both find it stale cannot remove each other's
 * lock.
 */
export class FijiLock {
  private readonly pids = [process.pid];

  private constructor(private readonly root: string) {}

  /** @param waitMs longest wait for a lock that is held @throws FijiError FIJI_BUSY, FIJI_WRITE */
  static async acquire(root: string, waitMs: number = FIJI_LIMITS.lockWaitMs): Promise<FijiLock> {
    const place = join(root, LOCK_FOLDER);
    const own = holderName(process.pid);
    const fresh = `${place}-${own}`;
    try {
      makeFolder(fresh);
      writeFileSync(join(fresh, own), "");
      const deadline = performance.now() + waitMs;
      while (!comesInto(place, fresh)) {
        if (removeStale(place)) continue;
        if (performance.now() > deadline) throw busy(root, place);
        await sleep(POLL_MS);
      }
      const lock = new FijiLock(root);
      lock.removeUnused();
      return lock;
    } catch (cause) {
      removeHolders(fresh, [own]);
      throw cause instanceof FijiError ? cause : notChanged(root, cause);
    }
  }

  /** Makes another process a holder as well. It must have ended before {@link release}. */
  share(pid: number): void {
    this.pids.push(pid);
    writeFileSync(join(this.root, LOCK_FOLDER, holderName(pid)), "");
  }

  release(): void {
    releaseLock(this.root, this.pids);
  }

  /** Removes locks of processes that were killed before they could put them in place. */
  private removeUnused(): void {
    for (const name of readdirSync(this.root)) {
      const owner = name.startsWith(`${LOCK_FOLDER}-`) && name.slice(LOCK_FOLDER.length + 1);
      if (owner && isDead(this.root, name, owner)) removeHolders(join(this.root, name), [owner]);
    }
  }
}

/** Removes processes from the holders of a Fiji folder's lock. */
export function releaseLock(root: string, pids: readonly number[]): void {
  removeHolders(join(root, LOCK_FOLDER), pids.map(holderName));
}

/** An existing folder was left by an earlier process of the same number. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (systemErrorCode(cause) !== "EEXIST") throw cause;
  }
}

function holderName(pid: number): string {
  return `${pid}@${encodeURIComponent(hostname())}`;
}

/** The system refuses to replace another lock, since that folder is not empty. */
function comesInto(place: string, fresh: string): boolean {
  try {
    renameSync(fresh, place);
    return true;
  } catch (cause) {
    if (
      ["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"].includes(systemErrorCode(cause) ?? "") &&
      holdersOf(place)
    ) {
      return false;
    }
    throw cause;
  }
}

function removeStale(place: string): boolean {
  const holders = holdersOf(place);
  if (!holders?.every((name) => isDead(place, name, name))) return false;
  removeHolders(place, holders);
  return true;
}

function holdersOf(place: string): string[] | undefined {
  try {
    return readdirSync(place);
  } catch {
    return undefined;
  }
}

function removeHolders(place: string, names: readonly string[]): void {
  for (const action of [
    ...names.map((name) => () => unlinkSync(join(place, name))),
    () => rmdirSync(place),
  ]) {
    try {
      action();
    } catch {
      // Another process was faster, or holds the lock by now.
    }
  }
}

/** @param name of the file or folder of the holder */
function isDead(folder: string, name: string, holder: string): boolean {
  const [pid, host] = holder.split("@");
  if (host !== encodeURIComponent(hostname())) return false;
  try {
    const since = statSync(join(folder, name)).mtimeMs;
    // The lock is older than the last start of this machine: the number may be another process's
    // now.
    return since < Date.now() - 1000 * uptime() || !isRunning(Number(pid));
  } catch {
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return systemErrorCode(cause) === "EPERM";
  }
  try {
    // In many containers nobody collects dead processes, which stay listed as zombies.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return true;
  }
}

function busy(root: string, place: string): FijiError {
  return new FijiError("FIJI_BUSY", {
    subject: root,
    expected: "no other installation under way",
    found: `one by ${holdersOf(place)?.map(holderInWords).join(" and ") || "a process that has just ended"}`,
    advice: `Wait until it has ended. If there is no such process any more, remove ${place} and try again.`,
  });
}

function holderInWords(holder: string): string {
  const [pid, host = ""] = holder.split("@");
  return `process ${pid} on ${decodeURIComponent(host)}`;
}
