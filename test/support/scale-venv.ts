import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";

const python = process.env.DEFCON_FIJI_SCALE_PYTHON;

/** Reason to skip tests that need the environment of their folder of test/scale, or false. */
export const withoutScalePython: string | false = python
  ? false
  : "needs an environment of Python: npm run test:scale";

/** Runs a script of test/scale with this project's Python package; gives the JSON of its last line. */
export async function runScaleScript<T>(script: string, ...args: string[]): Promise<T> {
  const path = join(packageRoot, "test", "scale", script);
  const env = { ...process.env, PYTHONPATH: join(packageRoot, "python", "src") };
  const { stdout } = await promisify(execFile)(python!, [path, ...args], { env, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
}
