import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { systemErrorCode } from "./errors.js";

/** This machine among those that share a folder: its name, as some letters and digits. */
export const MACHINE = createHash("sha256").update(hostname()).digest("hex").slice(0, 6);

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

/**
 * Whether the process that left something on this machine has ended.
 * @param since when it was left, ms since 1970: before the machine's last start, the number may be
 * another process's now
 */
export function hasEnded(pid: number, since: number): boolean {
  return since < Date.now() - 1000 * uptime() || !isRunning(pid);
}
