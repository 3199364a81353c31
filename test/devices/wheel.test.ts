import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { unpackWheel } from "../../src/devices/wheel.js";
import { type MadeUp, madeUpWheel, PART } from "../support/made-up-wheel.js";
import { temporaryFolder } from "../support/temporary.js";

const CUDA = "onnxruntime/capi/libonnxruntime_providers_cuda.so";
const cudaAlone = (name: string) => (name === CUDA ? "deep/below/cuda.so" : undefined);

test("a wheel gives the wanted files, its name, version and systems, and its own hash", async (t) => {
  const folder = temporaryFolder(t);
  const path = madeUpWheel(folder, { name: "ONNXRuntime_GPU" });
  const found = await unpackWheel(path, folder, cudaAlone);
  assert.deepEqual([...found.files], [["deep/below/cuda.so", PART[CUDA].length]]);
  assert.equal(readFileSync(join(folder, "deep", "below", "cuda.so"), "utf8"), PART[CUDA]);
  assert.deepEqual([found.name, found.version], ["onnxruntime-gpu", "1.30.0"]);
  assert.deepEqual(found.tags, ["cp312-cp312-manylinux_2_28_x86_64"]);
  assert.equal(found.sha256, createHash("sha256").update(readFileSync(path)).digest("hex"));
});

const BAD: Record<string, [wheel: MadeUp, message: RegExp]> = {
  "whose RECORD has another hash": [
    { record: (text) => text.replace(/(cuda\.so,sha256=)./, (_, before) => `${before}_`) },
    /expected onnxruntime\/capi\/libonnxruntime_providers_cuda\.so with sha256=_.*found sha256=/,
  ],
  "whose RECORD does not have the file": [
    { record: (text) => text.replace("providers_cuda.so", "providers_other.so") },
    /with a hash in its RECORD/,
  ],
  "without a RECORD": [{ without: ["RECORD"] }, /expected a wheel with a RECORD, found none in it/],
  "without METADATA": [{ without: ["METADATA"] }, /expected a wheel with a METADATA/],
};

for (const [what, [wheel, message]] of Object.entries(BAD)) {
  test(`a wheel ${what} is refused`, async (t) => {
    const folder = temporaryFolder(t);
    const path = madeUpWheel(folder, wheel);
    await assert.rejects(unpackWheel(path, folder, cudaAlone), { code: "INPUT_FORMAT", message });
  });
}

test("a file that is cut off or is no archive is refused", async (t) => {
  const folder = temporaryFolder(t);
  const path = madeUpWheel(folder);
  const whole = readFileSync(path);
  for (const bytes of [whole.subarray(0, whole.length >> 1), Buffer.from("a page of text")]) {
    writeFileSync(path, bytes);
    await assert.rejects(unpackWheel(path, temporaryFolder(t), cudaAlone), { code: "INPUT_FORMAT" });
  }
});

test("a file that another wheel has brought is refused by the wheel's name", async (t) => {
  const folder = temporaryFolder(t);
  const path = madeUpWheel(folder);
  await unpackWheel(path, folder, cudaAlone);
  await assert.rejects(unpackWheel(path, folder, cudaAlone), {
    code: "INPUT_OPTION",
    message: /\.whl: expected files that no other wheel has, found deep\/below\/cuda\.so/,
  });
});

test("work that was cancelled reads no further", async (t) => {
  const folder = temporaryFolder(t);
  const path = madeUpWheel(folder);
  await assert.rejects(unpackWheel(path, folder, cudaAlone, AbortSignal.abort()), { code: "CANCELLED" });
});
