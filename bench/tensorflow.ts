import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../src/base/home.js";

const script = join(packageRoot, "..", "shared", "oracle", "timing.py");

/** Why TensorFlow cannot be timed here, or undefined. */
export function withoutTensorFlow(python: string): string | undefined {
  if (!existsSync(python))
    return `no Python with TensorFlow at ${python} (scripts/oracle/make-venv.sh makes one; --python names another)`;
  return existsSync(script) ? undefined : `no ${script}`;
}

/** TensorFlow's best milliseconds for a frame of 512x512, by the oracle's own script. */
export async function tensorFlowMs(python: string): Promise<number> {
  const { stdout } = await promisify(execFile)(python, [script], { maxBuffer: 1 << 24 });
  return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { infer_512_ms: number }).infer_512_ms;
}
