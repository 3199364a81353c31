import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { finished, runCommand, startCommand } from "../support/command.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { SOFTWARE_GPU, withoutSoftwareGpu } from "../support/software-gpu.js";
import { temporaryFolder } from "../support/temporary.js";

const [stack] = oracleStacks();

test("predict counts through WebGPU as TensorFlow counts", { skip: withoutSoftwareGpu }, async (t) => {
  const folder = temporaryFolder(t);
  const args = ["predict", stack!.path, "-m", RANDOM_MODEL, "-o", folder, "--device", "webgpu"];
  const { code, stderr } = await finished(startCommand(args, folder, undefined, SOFTWARE_GPU));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^engine onnxruntime on webgpu: /m);
  const rows = readFileSync(join(folder, "stack_uint8.counts.csv"), "utf8").trimEnd().split("\n").slice(1);
  assert.equal(rows.length, stack!.count.length);
  for (const [i, row] of rows.entries()) {
    assert.ok(Math.abs(Number(row.split(",")[1]) - stack!.count[i]!) < 1e-2, row);
  }
});

test("a device that this machine does not have is an error of predict, evaluate and serve", async (t) => {
  const folder = temporaryFolder(t);
  for (const args of [
    ["predict", stack!.path, "-m", RANDOM_MODEL, "-o", folder],
    ["evaluate", RANDOM_MODEL, "--data", folder],
    ["serve", "-m", RANDOM_MODEL],
  ]) {
    const { code, stderr } = await runCommand([...args, "--device", "cuda"], folder);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /device cuda.*--device cpu.*\[ENGINE_UNAVAILABLE\]/s);
  }
});

test("auto counts on the CPU where there is no other device, and says what it tried", async (t) => {
  const folder = temporaryFolder(t);
  const args = ["predict", stack!.path, "-m", RANDOM_MODEL, "-o", folder, "--device", "auto"];
  const without = { VK_ICD_FILENAMES: join(folder, "none"), VK_DRIVER_FILES: join(folder, "none") };
  const { code, stderr } = await finished(startCommand(args, folder, undefined, without));
  assert.equal(code, 0, stderr);
  if (process.platform === "linux") {
    assert.match(stderr, /^engine onnxruntime on cpu: onnxruntime-node [\d.]+; cuda: not added; webgpu: ./m);
  }
});
