import assert from "node:assert/strict";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { readModel } from "../../src/formats/registry.js";
import { portableGraph } from "../../src/graph/prediction.js";
import { maxDifference, oracleStacks, RANDOM_MODEL } from "../support/oracle.js";

const model = await readModel(RANDOM_MODEL);
const session = await runtime.InferenceSession.create(portableGraph(model, {}));

async function density(pixels: ArrayLike<number>, [count, height, width]: [number, number, number]) {
  const frames = new runtime.Tensor("float32", Float32Array.from(pixels), [count, 1, height, width]);
  return (await session.run({ frames })).density!;
}

test("the stored graph, run by ONNX Runtime as any tool would, gives TensorFlow's density for raw frames", async () => {
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;
  assert.deepEqual([stack.height % 4, stack.width % 4], [0, 0]);
  const map = await density(stack.pixels, [stack.frames, stack.height, stack.width]);
  assert.deepEqual(map.dims, [stack.frames, 1, stack.height, stack.width]);
  assert.ok(maxDifference(map.data as Float32Array, stack.density) < 1e-6);
});

test("a constant frame gives zeros, and leaves the other frames of its batch alone", async () => {
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;
  const size = stack.width * stack.height;
  const pixels = Float32Array.from(stack.pixels.subarray(0, 2 * size));
  pixels.fill(37, 0, size);
  const map = (await density(pixels, [2, stack.height, stack.width])).data as Float32Array;
  assert.ok(map.subarray(0, size).every((value) => value === 0));
  assert.ok(maxDifference(map.subarray(size), stack.density.subarray(size, 2 * size)) < 1e-6);
});
