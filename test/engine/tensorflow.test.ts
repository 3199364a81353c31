import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import type { Engine } from "../../src/engine/engine.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { startTensorFlow } from "../../src/engine/tensorflow.js";
import { loadBinding } from "../../src/engine/tfjs-binding.js";
import { readModel } from "../../src/formats/registry.js";
import type { Head } from "../../src/model/layer-rows.js";
import { prepare } from "../../src/predict/prepare.js";
import { maxDifference, oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { withoutTensorFlow as skip } from "../support/tensorflow.js";

/** On the CPU, which is there wherever the test runs. */
let started: Promise<Engine> | undefined;
function engine(): Promise<Engine> {
  started ??= startTensorFlow("cpu");
  return started;
}

test("names itself, its device, and the binding that computes", { skip }, async () => {
  const { name, device, reason } = await engine();
  assert.deepEqual([name, device], ["tensorflow", "cpu"]);
  assert.match(reason, /^@tensorflow\/tfjs-node 4\.\d+\.\d+$/);
});

for (const stack of oracleStacks()) {
  test(`gives TensorFlow's density for a batch of ${stack.frames} ${stack.pixelType} frames`, {
    skip,
  }, async () => {
    const network = await (await engine()).prepare(await readModel(RANDOM_MODEL));
    const { width, height, frames: count, pixels } = stack;
    const { values, paddedWidth, paddedHeight } = prepare({ width, height, count, pixels }, 4);
    const map = await network.predict(values, [count, paddedHeight, paddedWidth]);
    for (let i = 0; i < count; i++)
      for (let y = 0; y < height; y++) {
        const row = (i * paddedHeight + y) * paddedWidth;
        const expected = (i * height + y) * width;
        const found = map.subarray(row, row + width);
        assert.ok(maxDifference(found, stack.density.subarray(expected, expected + width)) < 1e-5);
      }
    await network.dispose();
  });
}

const NETWORKS: [path: string, head: Head][] = [
  [join(packageRoot, "models", "defcon.onnx"), "density"],
  [join(packageRoot, "models", "defcon.onnx"), "segmentation"],
  [join(packageRoot, "models", "defcon-fast.onnx"), "density"],
];

test("gives the default engine's maps for every network and head, into the array that is given", {
  skip,
}, async () => {
  const shape = [2, 36, 64] as const;
  const frames = Float32Array.from(
    { length: 2 * 36 * 64 },
    (_, i) => (1 + Math.sin(0.7 * i + Math.sin(i))) / 2,
  );
  for (const [path, head] of NETWORKS) {
    const model = await readModel(path);
    const [ours, theirs] = await Promise.all(
      [await engine(), await startOnnxRuntime()].map((each) => each.prepare(model, head)),
    );
    const map = new Float32Array(frames.length);
    assert.equal(await ours!.predict(frames, shape, map), map);
    assert.ok(maxDifference(map, await theirs!.predict(frames, shape)) < 1e-5, `${path} ${head}`);
    await Promise.all([ours!.dispose(), theirs!.dispose()]);
  }
});

test("frames that do not fit their shape are an engine error, and the network goes on", {
  skip,
}, async () => {
  const network = await (await engine()).prepare(await readModel(RANDOM_MODEL));
  await assert.rejects(network.predict(new Float32Array(12), [1, 4, 4]), {
    code: "ENGINE_FAILED",
    message: /^TensorFlow: /,
  });
  assert.equal((await network.predict(new Float32Array(16), [1, 4, 4])).length, 16);
  await network.dispose();
});

test("predictions leave no tensor behind, nor does a network that is disposed of", { skip }, async () => {
  const { tf } = await loadBinding(["@tensorflow/tfjs-node"]);
  const before = tf.memory().numTensors;
  const network = await (await engine()).prepare(await readModel(RANDOM_MODEL));
  const held = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) await network.predict(new Float32Array(64), [1, 8, 8]);
  await assert.rejects(network.predict(new Float32Array(12), [1, 4, 4]));
  assert.equal(tf.memory().numTensors, held);
  await network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test("a device that it has not is an error that says so", { skip }, async () => {
  await assert.rejects(startTensorFlow("webgpu"), {
    code: "ENGINE_UNAVAILABLE",
    message: /device webgpu.*`device: "cpu"`/,
  });
});
