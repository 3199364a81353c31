import assert from "node:assert/strict";
import { test } from "node:test";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { readModel } from "../../src/formats/registry.js";
import { prepare } from "../../src/predict/prepare.js";
import { maxDifference, oracleStacks, RANDOM_MODEL } from "../support/oracle.js";

const engine = await startOnnxRuntime();
const network = await engine.prepare(await readModel(RANDOM_MODEL));

test("names itself and its device", () => {
  assert.deepEqual([engine.name, engine.device], ["onnxruntime", "cpu"]);
});

for (const stack of oracleStacks()) {
  test(`the rewritten graph gives TensorFlow's density for a batch of ${stack.frames} ${stack.pixelType} frames`, async () => {
    const { width, height, frames: count, pixels } = stack;
    const { values, paddedWidth, paddedHeight } = prepare({ width, height, count, pixels }, 4);
    const map = await network.predict(values, [count, paddedHeight, paddedWidth]);
    for (let i = 0; i < count; i++)
      for (let y = 0; y < height; y++) {
        const row = (i * paddedHeight + y) * paddedWidth;
        const expected = (i * height + y) * width;
        const found = map.subarray(row, row + width);
        assert.ok(maxDifference(found, stack.density.subarray(expected, expected + width)) < 1e-6);
      }
  });
}

test("a shape the network cannot take is an engine error, not a crash", async () => {
  await assert.rejects(network.predict(new Float32Array(12), [1, 4, 4]), { code: "ENGINE_FAILED" });
});
