import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";

const python = join(packageRoot, ".oracle-venv", "bin", "python");

/** Reason to skip a test that runs the oracles themselves, or false. */
export const withoutPython: string | false = existsSync(python)
  ? false
  : "needs the oracles' environment: scripts/oracle/make-venv.sh";

/** Reason to skip a test that needs these modules of Python, which an environment made earlier may lack, or false. */
export function withoutModules(...modules: string[]): string | false {
  const look = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))";
  if (withoutPython || spawnSync(python, ["-c", look, ...modules]).status === 0) return withoutPython;
  return `needs Python's ${modules.join(" and ")} in the oracles' environment: scripts/oracle/make-venv.sh`;
}

/** Runs a script of scripts/oracle and gives what it prints as JSON in its last line. */
export async function runOracle<T>(script: string, ...args: string[]): Promise<T> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
  const { stdout } = await promisify(execFile)(
    python,
    [join(packageRoot, "scripts", "oracle", script), ...args],
    { env, maxBuffer: 1 << 28 },
  );
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
}

/** Ways to run an exported model: scripts/oracle/run_exports.py. */
export type Runner = "saved_model" | "session" | "windows" | "keras2" | "keras3" | "by_name";

/** What an exported model makes of a stack. */
export async function exportedValues(
  runner: Runner,
  model: string,
  stack: string,
): Promise<{ shape: number[]; values: Float32Array }> {
  const { shape, values } = await runOracle<{ shape: number[]; values: string }>(
    "run_exports.py",
    runner,
    model,
    stack,
  );
  return { shape, values: new Float32Array(new Uint8Array(Buffer.from(values, "base64")).buffer) };
}
