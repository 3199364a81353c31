import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { kerasH5 } from "../../src/formats/keras-h5.js";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { savedModel } from "../../src/formats/saved-model/saved-model.js";
import { portableGraph } from "../../src/graph/prediction.js";
import { defcon } from "../../src/model/defcon.js";
import { defconFast } from "../../src/model/defcon-fast.js";
import { type Architecture, traceLayers } from "../../src/model/layers.js";
import type { Model } from "../../src/model/weights.js";
import { initialWeights } from "../../src/train/initial-weights.js";
import { maxDifference, oracleStacks } from "../support/oracle.js";
import { exportedValues, withoutPython } from "../support/oracle-python.js";
import { temporaryFolder } from "../support/temporary.js";

const model: Model = {
  architecture: defconFast,
  weights: initialWeights(defconFast, 3),
  provenance: {},
  pool: 7,
};
const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;
const shape = [stack.frames, stack.height, stack.width] as const;

/** Multiplications for each pixel of the frame. */
function multiplications(architecture: Architecture): number {
  let sum = 0;
  for (const { row, inChannels, scale } of traceLayers(architecture)) {
    if (row.kind === "conv") sum += (row.kernel ** 2 * inChannels * row.filters) / scale ** 2;
    // Each pixel of the smaller map is spread over the kernel.
    if (row.kind === "deconv") sum += (row.kernel ** 2 * inChannels * row.filters) / (2 * scale) ** 2;
  }
  return sum;
}

/** The map of the stored graph, which takes raw frames. */
async function storedGraphMap(): Promise<Float32Array> {
  const session = await runtime.InferenceSession.create(portableGraph(model, {}));
  const [count, height, width] = shape;
  const frames = new runtime.Tensor("float32", Float32Array.from(stack.pixels), [count, 1, height, width]);
  return (await session.run({ frames })).density!.data as Float32Array;
}

test("it takes less than a quarter of the operations of defcon, whose number is published", () => {
  assert.ok(Math.abs(multiplications(defcon) - 10_100) < 100);
  assert.ok(multiplications(defconFast) < multiplications(defcon) / 4);
});

test("the graph that runs gives what the stored one gives", async () => {
  const size = stack.width * stack.height;
  const normalised = Float32Array.from(stack.pixels);
  for (let i = 0; i < stack.frames; i++) {
    const frame = normalised.subarray(i * size, (i + 1) * size);
    const [low, high] = [Math.min(...frame), Math.max(...frame)];
    for (let at = 0; at < size; at++) frame[at] = (frame[at]! - low) / (high - low);
  }
  const network = await (await startOnnxRuntime()).prepare(model);
  const map = await network.predict(normalised, shape, new Float32Array(normalised.length));
  assert.ok(maxDifference(map, await storedGraphMap()) < 1e-6);
});

test("TensorFlow and Keras compute the same map, and its weights come back", {
  skip: withoutPython,
}, async (t) => {
  const folder = temporaryFolder(t);
  const expected = await storedGraphMap();
  for (const [format, kind, name] of [
    [kerasH5, "keras2", "fast.h5"],
    [savedModel, "session", "fast"],
  ] as const) {
    const path = join(folder, name);
    await writeModel(path, model, format);
    assert.ok(maxDifference((await exportedValues(kind, path, stack.path)).values, expected) < 1e-5, kind);
    assert.deepEqual((await readModel(path)).weights, model.weights);
  }
});
