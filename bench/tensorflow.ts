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

/** TensorFlow's best times, ms. */
export interface TensorFlowTimes {
  /** A frame of 512x512. */
  infer_512_ms: number;
  /** A step of 32 frames of 64x64 of either stage. */
  train_seg_ms: number;
  train_density_ms: number;
}

/** TensorFlow's times by the oracle's own script. */
export async function tensorFlowTimes(python: string): Promise<TensorFlowTimes> {
  const { stdout } = await promisify(execFile)(python, [script], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as TensorFlowTimes;
}
