import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { EXECUTABLE, type Finished, finished } from "./command.js";

const BIN = join(packageRoot, ".scale-venv-workflow", "bin");
/** A PATH with Snakemake. @param rest what else is searched */
export const pathWithSnakemake = (rest = process.env.PATH) => `${BIN}:${rest}`;
/** The workflow of this project. */
export const WORKFLOW = join(packageRoot, "workflow");

/** Why Snakemake cannot run here; false where it can. */
export const withoutSnakemake = existsSync(join(BIN, "snakemake"))
  ? false
  : "Snakemake is not there: npm run test:scale installs it";

/** `defcon-fiji`, which notes each call. */
export class NotedProgram {
  readonly command: string;
  private readonly log: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.command = join(folder, "defcon-fiji");
    this.log = join(folder, "calls");
    writeFileSync(this.log, "");
    const lines = [
      "#!/bin/sh",
      `echo "$*" >> '${this.log}'`,
      `export DEFCON_FIJI_HOME='${join(folder, "home")}'`,
      `exec '${process.execPath}' '${EXECUTABLE}' "$@"`,
    ];
    writeFileSync(this.command, `${lines.join("\n")}\n`);
    chmodSync(this.command, 0o755);
  }

  /** The words of each call. */
  calls(): string[] {
    return readFileSync(this.log, "utf8").split("\n").filter(Boolean);
  }

  /** Waits for so many calls. @throws Error where the caller ends before that */
  async called(count: number, caller: ChildProcess): Promise<void> {
    const ended = new AbortController();
    caller.once("close", () => ended.abort());
    const watcher = watch(this.log, { signal: ended.signal });
    try {
      while (this.calls().length < count) await once(watcher, "change", { signal: ended.signal });
    } finally {
      watcher.close();
    }
  }
}

/** Makes a folder. @returns its path */
export function mkdirTo(...parts: string[]): string {
  const folder = join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A folder to run the workflow in, with its configuration. */
export function workplace(folder: string, name: string, configuration: object): string {
  const run = mkdirTo(folder, name);
  // JSON is YAML.
  writeFileSync(join(mkdirTo(run, "config"), "config.yaml"), JSON.stringify(configuration));
  return run;
}

/** The workflow that a run has beside its configuration, else that of this project. */
function workflowOf(run: string): string {
  const own = join(run, "workflow");
  return existsSync(own) ? own : WORKFLOW;
}

/** Starts Snakemake with a process group of its own. */
export function snakemake(
  run: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const PATH = pathWithSnakemake(env.PATH);
  return spawn(join(BIN, "snakemake"), ["-s", join(workflowOf(run), "Snakefile"), ...args], {
    cwd: run,
    env: { ...process.env, ...env, PATH, XDG_CACHE_HOME: join(run, "cache"), PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/** Takes the lock away that a killed Snakemake leaves. */
export async function unlock(run: string): Promise<Finished> {
  return finished(snakemake(run, ["--unlock"]));
}
