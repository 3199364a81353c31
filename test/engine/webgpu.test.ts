import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { type OneStep, oneStep } from "../support/one-step.js";
import { SOFTWARE_GPU, withoutSoftwareGpu } from "../support/software-gpu.js";

test("a step of training through WebGPU is the CPU's", { skip: withoutSoftwareGpu }, async () => {
  const env = { ...process.env, ...SOFTWARE_GPU };
  const program = join(packageRoot, "dist", "test", "support", "one-step.js");
  const { stdout } = await promisify(execFile)(process.execPath, [program, "webgpu"], {
    env,
    maxBuffer: 1 << 26,
  });
  const found = JSON.parse(stdout.trim().split("\n").at(-1)!) as OneStep[];
  const expected = await oneStep(await startOnnxRuntime("cpu"));
  for (const [i, { stage, loss, mean }] of expected.entries()) {
    assert.ok(Math.abs(found[i]!.loss / loss - 1) < 1e-4, stage);
    const largest = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.equal(found[i]!.mean.length, mean.length);
    for (const [at, value] of mean.entries()) {
      assert.ok(Math.abs(found[i]!.mean[at]! - value) < 1e-4 * largest, `${stage} parameter ${at}`);
    }
  }
});
