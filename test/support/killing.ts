import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Whether a process runs; dead ones that nobody collects do not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/**
 * Waits until no other process has a word among its arguments.
 * @param patienceMs longest wait
 */
export async function quiet(word: string, patienceMs: number): Promise<void> {
  const works = () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isAlive(Number(name)))
      .some((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(word);
        } catch {
          return false;
        }
      });
  for (const end = performance.now() + patienceMs; works(); await sleep(5)) {
    if (performance.now() > end) throw new Error(`a process still works on ${word}`);
  }
}

/** Processes that hold the lock of a Fiji. */
export function holders(root: string): number[] {
  try {
    return readdirSync(join(root, ".defcon-fiji-lock")).map((name) => Number(name.split("@")[0]));
  } catch {
    return [];
  }
}

/** A process that says line by line what it has done, until it is killed. */
export class Victim {
  /** What it said. */
  readonly lines: string[] = [];
  private readonly ended: Promise<unknown>;
  private errors = "";
  private wake: () => void = () => undefined;

  constructor(readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      this.wake();
    });
    child.stderr!.on("data", (chunk) => {
      this.errors += chunk;
    });
    this.ended = once(child, "close").then(() => this.wake());
  }

  /** Starts a program of this project. @param program its place, as a module's URL */
  static start(program: URL, args: readonly string[], home: string): Victim {
    const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
      env: { ...process.env, DEFCON_FIJI_HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new Victim(child);
  }

  /** Waits until it has said so many lines. @throws Error where it ends before that */
  async said(lines: number): Promise<void> {
    while (this.lines.length < lines) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`the process ended before its time: ${this.errors}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /**
   * Kills it after a time, or when it ends by itself.
   * @param before called at that moment
   * @returns whether it was still alive
   */
  async killAfter(ms: number, before: () => void = () => undefined): Promise<boolean> {
    await Promise.race([sleep(ms), this.ended]);
    before();
    const wasAlive = this.child.exitCode === null && this.child.signalCode === null;
    this.child.kill("SIGKILL");
    await this.ended;
    if (!wasAlive && this.child.exitCode !== 0) throw new Error(`the process failed: ${this.errors}`);
    return wasAlive;
  }
}
