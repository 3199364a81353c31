import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The executable as its users start it. */
export const EXECUTABLE = join(packageRoot, "bin", "defcon-fiji.js");

/**
 * Starts `defcon-fiji` with a home folder of its own.
 * @param cwd the folder it is started in; this process' own where left out
 * @param env variables besides or in place of this process' own
 */
export function startCommand(
  args: readonly string[],
  home: string,
  cwd?: string,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd,
    env: { ...process.env, DEFCON_FIJI_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end of a process and collects what it printed. */
export function finished(child: ChildProcess): Promise<Finished> {
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    text.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
  });
}

/** Runs `defcon-fiji` to its end. */
export function runCommand(args: readonly string[], home: string, cwd?: string): Promise<Finished> {
  return finished(startCommand(args, home, cwd));
}

/** The variables of a user with that home folder, who has set no FIJI_HOME. */
export function userAt(home: string): NodeJS.ProcessEnv {
  const { FIJI_HOME: _, ...env } = process.env;
  return { ...env, HOME: home, USERPROFILE: home, DEFCON_FIJI_HOME: join(home, "defcon") };
}

/** Runs `defcon-fiji` to its end as that user. */
export function runAt(home: string, ...args: string[]): Promise<Finished> {
  return finished(
    spawn(process.execPath, [EXECUTABLE, ...args], {
      env: userAt(home),
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}
