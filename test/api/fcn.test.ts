import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FCN } from "../../src/api/fcn.js";
import { readModel } from "../../src/formats/registry.js";
import type { Frame } from "../../src/frames/frame.js";
import { openStack } from "../../src/frames/open-stack.js";
import { collect } from "../support/collect.js";
import { maxDifference, oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

let model: FCN;
before(async () => {
  model = await FCN.fromFile(RANDOM_MODEL);
});
after(() => model.close());

const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
const { width, height, frames: count } = stack;
const array = { shape: [count, height, width, 1], data: stack.pixels };
const frameAt = (i: number): Frame => ({
  width,
  height,
  pixels: stack.pixels.slice(i * width * height, (i + 1) * width * height),
});

test("an array, a stack and frames one by one are counted as TensorFlow counts them", async () => {
  const frames = Array.from({ length: count }, (_, i) => frameAt(i));
  const float64 = { shape: [count, height, width], data: Float64Array.from(stack.pixels) };
  for (const source of [array, float64, frames, stack.path]) {
    const { shape, data, counts, maxLocalCounts } = await model.predict(source);
    assert.deepEqual(shape, [count, height, width, 1]);
    assert.ok(maxDifference(data, stack.density) < 1e-4);
    for (let i = 0; i < count; i++) {
      assert.ok(Math.abs(counts[i]! - stack.count[i]!) < 1e-3);
      assert.ok(Math.abs(maxLocalCounts[i]! - stack.maxLocalCount["7"][i]!) < 1e-3);
    }
  }
});

test("one frame of a stack is counted by its place from 0", async () => {
  const { shape, counts } = await model.predictTiff(stack.path, { index: 1 });
  assert.deepEqual(shape, [1, height, width, 1]);
  assert.ok(Math.abs(counts[0]! - stack.count[1]!) < 1e-3);
  await assert.rejects(model.predictTiff(stack.path, { index: count }), {
    code: "INPUT_OPTION",
    message: new RegExp(`from 0 to ${count - 1}`),
  });
});

test("max local counts over squares apart are the largest of the squares that TensorFlow would take", async () => {
  assert.deepEqual((await model.densityToMaxCount().predict(array)).shape, [count, 1]);
  const strides = 3;
  const found = await model.densityToMaxCount({ pool: 5, strides }).predict(array);
  for (let frame = 0; frame < count; frame++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let top = 0; top + 5 <= height; top += strides) {
      for (let left = 0; left + 5 <= width; left += strides) {
        let sum = 0;
        for (let i = 0; i < 25; i++) {
          const [x, y] = [left + (i % 5), top + Math.floor(i / 5)];
          sum += stack.density[(frame * height + y) * width + x]!;
        }
        largest = Math.max(largest, sum);
      }
    }
    assert.ok(Math.abs(found.data[frame]! - largest) < 1e-3);
  }
});

test("a bad frame is named by its number, whatever it comes in", async () => {
  const frames = Array.from({ length: 5 }, (_, i) => ({
    width,
    height,
    pixels: Float32Array.from({ length: width * height }, (_, at) => (i === 3 && at === 2 ? Number.NaN : at)),
  }));
  const data = new Float32Array(5 * width * height);
  for (const [i, { pixels }] of frames.entries()) data.set(pixels, i * width * height);
  const wrong = { code: "INPUT_PIXEL_VALUE", message: /frame 4: pixel x 2, y 0/ };
  await assert.rejects(model.predict(frames), wrong);
  await assert.rejects(model.predict({ shape: [5, height, width], data }), wrong);
  await assert.rejects(model.predict({ shape: [5, height], data }), { code: "INPUT_SIZE" });
  await assert.rejects(model.predict({ shape: [2, 3, height, width], data }), { code: "INPUT_SIZE" });
  await assert.rejects(model.predict(array, { pool: 0 }), { code: "INPUT_OPTION", message: /pool/ });
});

test("counting stops when it is told to, and the model counts on", async () => {
  const stop = new AbortController();
  const frames = async () => {
    for await (const _ of model.stream(array, { signal: stop.signal })) stop.abort();
  };
  await assert.rejects(frames(), { code: "CANCELLED" });
  const seen: number[] = [];
  await collect(model.stream(array, { density: false, onProgress: (done) => seen.push(done) }));
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, i) => i + 1),
  );
});

test("frames of an iterable stop between two frames, both where they are read and where they are counted", async () => {
  const stop = new AbortController();
  let [read, counted] = [0, 0];
  function* source() {
    for (; read < 100; read++) yield frameAt(0);
  }
  const counting = async () => {
    for await (const _ of model.stream(source(), { signal: stop.signal })) {
      counted++;
      stop.abort();
    }
  };
  await assert.rejects(counting(), { code: "CANCELLED" });
  assert.equal(counted, 1);
  assert.ok(read < 100);
  read = 0;
  function* stopping() {
    for (; read < 100; read++) {
      if (read === 3) abort.abort();
      yield frameAt(0);
    }
  }
  const abort = new AbortController();
  await assert.rejects(model.predict(stopping(), { signal: abort.signal }), { code: "CANCELLED" });
  assert.equal(read, 3);
});

test("frames that come in the same memory again are each counted as they came", async () => {
  const reused = frameAt(0);
  function* source() {
    for (let i = 0; i < count; i++) {
      reused.pixels.set(frameAt(i).pixels);
      yield reused;
    }
  }
  const { counts } = await model.predict(source());
  for (let i = 0; i < count; i++) assert.ok(Math.abs(counts[i]! - stack.count[i]!) < 1e-3);
});

test("an open stack is counted, and says what is wrong with a frame's number or after its end", async () => {
  const opened = await openStack(stack.path);
  const { counts } = await model.predict(opened);
  assert.ok(Math.abs(counts[0]! - stack.count[0]!) < 1e-3);
  for (const index of [-1, count, 0.5, Number.NaN]) {
    await assert.rejects(opened.read(index), {
      code: "INPUT_OPTION",
      message: /index: expected a frame from 0/,
    });
  }
  await opened.close();
  await opened.close();
  await assert.rejects(opened.read(0), { code: "INPUT_OPTION", message: /closed/ });
});

test("a loaded model does not need its file any more, and a closed one says so", async (t) => {
  const path = join(temporaryFolder(t), "mine.onnx");
  await model.save(path);
  const mine = await FCN.fromFile(path);
  rmSync(path);
  const { counts } = await mine.predict(array);
  assert.ok(Math.abs(counts[0]! - stack.count[0]!) < 1e-3);
  await mine.save(path);
  const maxCount = mine.densityToMaxCount();
  const counting = mine.predict({
    shape: [64, height, width],
    data: new Uint16Array(64 * height * width).map((_, i) => i),
  });
  counting.catch(() => undefined);
  await mine.close();
  await assert.rejects(counting, { name: "EngineError" });
  for (const each of [mine, maxCount]) {
    await assert.rejects(each.predict(array), {
      code: "INPUT_OPTION",
      message: /model mine: .*closed.*FCN\.fromFile/,
    });
  }
  await mine.save(path, "onnx", { force: true });
});

test("a model is written in each format by its name, and read again", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "again.onnx");
  await model.save(path);
  assert.equal((await readModel(path)).architecture.name, "defcon");
  await model.save(join(folder, "again.h5"), "keras");
  assert.equal((await readModel(join(folder, "again.h5"))).architecture.name, "defcon");
  await assert.rejects(model.save(path, "pickle"), { code: "INPUT_OPTION", message: /onnx.*found "pickle"/ });
  await model.saveTfModel(join(folder, "density"), { division: 2 });
  assert.equal((await readModel(join(folder, "density"))).architecture.name, "defcon");
});
