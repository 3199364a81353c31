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
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "./errors.js";
import { hasEnded, START } from "./running-process.js";

const POLL_MS = 25;

/** What a lock is called, and what its trouble is. */
export interface LockWords {
  /** Name of its folder. */
  name: string;
  /** The error for a lock that is held for too long. @param holders "process 12 on lab-pc" */
  busy(place: string, holders: string): Error;
  /** The error for a folder that cannot be changed. */
  failed(cause: unknown): Error;
}

/**
 * Keeps processes apart that work on one folder.
 * The lock is a folder with a file for each process that holds it, which holds the machine's start.
 * It is renamed into its place with the first file in it. It is stale when all its holders are dead. Only their files are
 * then removed from it, so that two processes that both find it stale cannot remove each other's
 * lock.
 */
export class FolderLock {
  private readonly pids = [process.pid];

  private constructor(
    private readonly root: string,
    private readonly name: string,
  ) {}

  /**
   * @param root the folder that is worked on
   * @param waitMs longest wait for a lock that is held
   * @throws the errors of `words`
   */
  static async acquire(root: string, waitMs: number, words: LockWords): Promise<FolderLock> {
    const place = join(root, words.name);
    const own = holderName(process.pid);
    const fresh = `${place}-${own}`;
    try {
      makeFolder(fresh);
      writeHolder(join(fresh, own));
      const deadline = performance.now() + waitMs;
      while (!comesInto(place, fresh)) {
        if (removeStale(place)) continue;
        if (performance.now() > deadline) throw new Held();
        await sleep(POLL_MS);
      }
      const lock = new FolderLock(root, words.name);
      lock.removeUnused();
      return lock;
    } catch (cause) {
      removeHolders(fresh, [own]);
      if (!(cause instanceof Held)) throw words.failed(cause);
      const holders = holdersOf(place)?.map(holderInWords).join(" and ");
      throw words.busy(place, holders || "a process that has just ended");
    }
  }

  /** Makes another process a holder as well. It must have ended before {@link release}. */
  share(pid: number): void {
    this.pids.push(pid);
    writeHolder(join(this.root, this.name, holderName(pid)));
  }

  release(): void {
    releaseLock(this.root, this.name, this.pids);
  }

  /** Removes locks of processes that were killed before they could put them in place. */
  private removeUnused(): void {
    for (const name of readdirSync(this.root)) {
      const owner = name.startsWith(`${this.name}-`) && name.slice(this.name.length + 1);
      const place = join(this.root, name);
      if (owner && isDead(place, join(place, owner), owner)) removeHolders(place, [owner]);
    }
  }
}

/** Somebody else held a lock for longer than this process waits. */
class Held extends Error {}

/** Removes processes from the holders of a folder's lock. */
export function releaseLock(root: string, name: string, pids: readonly number[]): void {
  removeHolders(join(root, name), pids.map(holderName));
}

/** An existing folder was left by an earlier process of the same number. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (systemErrorCode(cause) !== "EEXIST") throw cause;
  }
}

/** On a full disk the file stays empty: what broke off there must be undone all the same. */
function writeHolder(file: string): void {
  try {
    writeFileSync(file, START);
  } catch (cause) {
    if (systemErrorCode(cause) !== "ENOSPC") throw cause;
    writeFileSync(file, "");
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
  if (!holders?.every((name) => isDead(join(place, name), join(place, name), name))) return false;
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

/**
 * Whether a holder has ended.
 * @param place the holder's file, or the folder that it is in
 * @param file the holder's file
 */
function isDead(place: string, file: string, holder: string): boolean {
  const [pid, host] = holder.split("@");
  if (host !== encodeURIComponent(hostname())) return false;
  try {
    return hasEnded(Number(pid), { start: startIn(file), since: statSync(place).mtimeMs });
  } catch {
    return true;
  }
}

/** What a holder's file says; nothing for a file of an earlier version, or one not written yet. */
function startIn(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}

function holderInWords(holder: string): string {
  const [pid, host = ""] = holder.split("@");
  return `process ${pid} on ${decodeURIComponent(host)}`;
}
