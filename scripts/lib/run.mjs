// Running other programs, with failures a person can read.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Runs a program in the repository with its output shown. @returns its exit code, 1 when a signal ended it */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) console.error(`Could not start ${program}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a program as {@link run} does and ends this one with its exit code where it failed; `what` names the step. */
export function runOrExit(what, program, args, options) {
  const code = run(program, args, options);
  if (code === 0) return;
  console.error(`\n${what} failed (exit code ${code}): ${[program, ...args].join(" ")}`);
  process.exit(code);
}

/** Runs npm; on Windows it is a script that only the shell can start. */
export function npm(what, args, options = {}) {
  runOrExit(what, "npm", args, { shell: process.platform === "win32", ...options });
}

/** Runs Maven, silent but for errors. All that it prints goes to stderr: it ends colours that it never began, and a build inside npm pack would lie among what npm prints for programs. @returns its exit code */
export function maven(args, options = {}) {
  const shell = process.platform === "win32";
  const stdio = ["inherit", 2, "inherit"];
  return run("mvn", ["-q", "-B", "-ntp", "-Dstyle.color=never", ...args], { shell, stdio, ...options });
}

/** Whether a program can be started at all. */
export function isThere(program, args) {
  return spawnSync(program, args, { stdio: "ignore", shell: process.platform === "win32" }).status === 0;
}
