import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { systemErrorCode } from "./errors.js";

/** This machine among those that share a folder: its name, as some letters and digits. */
export const MACHINE = shortHash(hostname());

/** Whether a process of that number runs on this machine, whoever's it is. */
export function isRunning(pid: number): boolean {
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

/** This start of the machine, as some letters and digits; empty where the system does not tell. */
export const START: string = startOfMachine();

function startOfMachine(): string {
  try {
    return shortHash(readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
  } catch {
    return "";
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

/**
 * Whether the process that left something on this machine has ended.
 * After the machine's next start, its number may be another process's.
 * @param left the {@link START} in which it was left, and when, ms since 1970. The time counts only
 * where the start is not known: it means nothing once the clock has been set.
 */
export function hasEnded(pid: number, left: { start?: string | undefined; since: number }): boolean {
  const isEarlier = left.start && START ? left.start !== START : left.since < Date.now() - 1000 * uptime();
  return isEarlier || !isRunning(pid);
}
