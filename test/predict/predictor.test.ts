import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { NATIVE_FORMAT, readModel, writeModel } from "../../src/formats/registry.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { Predictor } from "../../src/predict/predictor.js";
import { predictStack } from "../../src/predict/stack.js";
import { collect } from "../support/collect.js";
import { maxDifference, oracleStacks, RANDOM_MODEL, REFERENCE, withoutReference } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const predictor = await Predictor.start({ models: [RANDOM_MODEL] });
const model = await predictor.load();
after(() => predictor.close());
const wanted = { density: true, maxLocalCount: true, pool: 7 };

for (const { path, pixelType, width, height, ...expected } of oracleStacks()) {
  test(`counts a ${pixelType} stack of ${width}x${height} as TensorFlow does`, async () => {
    const stack = await openTifStack(path);
    const frames = await collect(predictStack(model, stack, wanted));
    await stack.close();
    assert.deepEqual(
      frames.map(({ index }) => index),
      expected.count.map((_, i) => i),
    );
    for (const { index, count, maxLocalCount, density } of frames) {
      const map = expected.density.subarray(index * width * height, (index + 1) * width * height);
      assert.ok(maxDifference(density!, map) < 1e-6);
      assert.ok(Math.abs(count - expected.count[index]!) < 1e-4);
      assert.ok(Math.abs(maxLocalCount - expected.maxLocalCount["7"][index]!) < 1e-5);
    }
  });
}

test("counts the original's test frames as published", { skip: withoutReference }, async () => {
  const reference = await predictor.load(REFERENCE.model);
  const stack = await openTifStack(REFERENCE.frames);
  const frames = await collect(predictStack(reference, stack, wanted, { end: 3 }));
  await stack.close();
  for (const [i, { count, maxLocalCount }] of frames.entries()) {
    assert.ok(Math.abs(count - REFERENCE.counts[i]!) < 1e-3);
    assert.ok(Math.abs(maxLocalCount - REFERENCE.maxLocalCounts[i]!) < 1e-3);
  }
});

test("counts a constant frame as zero, of any size and type", async () => {
  for (const [width, height] of [
    [1, 1],
    [2, 9],
    [33, 7],
  ] as const) {
    const pixels = new Uint16Array(width * height).fill(500);
    const [prediction] = await model.predict({ width, height, count: 1, pixels }, wanted);
    assert.equal(prediction!.count, 0);
    assert.equal(prediction!.maxLocalCount, 0);
    assert.deepEqual(prediction!.density, new Float32Array(width * height));
  }
});

test("a frame too large for one engine call is counted in tiles as in one", async () => {
  const [width, height] = [1601, 1003];
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 7919) % 251);
  const [large] = await model.predict({ width, height, count: 1, pixels }, wanted);
  assert.equal(large!.density!.length, width * height);
  // A part of it alone, away from its own edges, with pixels that keep the whole frame's range.
  const side = 200;
  const part = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) part[y * side + x] = (((600 + y) * width + 700 + x) * 7919) % 251;
  const [small] = await model.predict({ width: side, height: side, count: 1, pixels: part }, wanted);
  for (let y = 40; y < 160; y++)
    for (let x = 40; x < 160; x++) {
      const difference = small!.density![y * side + x]! - large!.density![(600 + y) * width + 700 + x]!;
      assert.ok(Math.abs(difference) < 1e-5);
    }
});

test("a bad frame fails by itself; the next is counted", async () => {
  const pixels = Float32Array.of(1, Number.NaN, 2, 3);
  await assert.rejects(model.predict({ width: 2, height: 2, count: 1, pixels }, wanted), {
    code: "INPUT_PIXEL_VALUE",
  });
  const fine = { width: 2, height: 2, count: 1, pixels: Uint8Array.of(1, 2, 3, 4) };
  assert.equal((await model.predict(fine, wanted)).length, 1);
});

test("models go by name: given ones first, then the user's, a damaged file left out of the list", async (t) => {
  const home = temporaryFolder(t);
  const before = process.env.DEFCON_FIJI_HOME;
  process.env.DEFCON_FIJI_HOME = home;
  t.after(() => {
    if (before === undefined) delete process.env.DEFCON_FIJI_HOME;
    else process.env.DEFCON_FIJI_HOME = before;
  });
  mkdirSync(join(home, "models"));
  await writeModel(join(home, "models", "mine.onnx"), await readModel(RANDOM_MODEL));
  copyFileSync(RANDOM_MODEL, join(home, "models", "apart.h5"));
  writeFileSync(join(home, "models", "broken.onnx"), "no model");
  const names = (await predictor.models()).map(({ name, isDefault }) => [name, isDefault]);
  assert.deepEqual(names[0], ["random_defcon", true]);
  assert.ok(names.some(([name]) => name === "mine") && names.some(([name]) => name === "apart"));
  assert.ok(!names.some(([name]) => name === "broken"));
  await assert.rejects(predictor.load("broken"), { code: "MODEL_FORMAT" });
  await assert.rejects(predictor.load("nothing"), { code: "MODEL_NOT_FOUND", message: /mine/ });
});

test("a model file written anew is read anew", async (t) => {
  const path = join(temporaryFolder(t), "changing.onnx");
  const model = await readModel(RANDOM_MODEL);
  const frame = () => ({
    width: 4,
    height: 4,
    count: 1,
    pixels: Uint8Array.from({ length: 16 }, (_, i) => i),
  });
  await writeModel(path, model);
  const [before] = await (await predictor.load(path)).predict(frame(), wanted);
  assert.ok(before!.count > 0);
  const silent = new Map(model.weights).set("density/kernel", {
    shape: [1, 1, 8, 1],
    data: new Float32Array(8),
  });
  await writeModel(path, { ...model, weights: silent }, NATIVE_FORMAT, {}, true);
  const [after] = await (await predictor.load(path)).predict(frame(), wanted);
  assert.equal(after!.count, 0);
});

test("a cancelled stack ends with CANCELLED and leaves the predictor usable", async () => {
  const cancel = new AbortController();
  const stack = await openTifStack(oracleStacks()[0]!.path);
  const run = async () => {
    for await (const _ of predictStack(model, stack, wanted, { signal: cancel.signal })) cancel.abort();
  };
  await assert.rejects(run(), { code: "CANCELLED" });
  await stack.close();
  assert.equal((await predictor.models())[0]!.name, "random_defcon");
});

test("calls under way fail when the predictor is closed", async () => {
  const other = await Predictor.start({ models: [RANDOM_MODEL] });
  const loaded = await other.load();
  const pixels = Uint8Array.from({ length: 512 * 512 }, (_, i) => i % 7);
  const call = loaded.predict({ width: 512, height: 512, count: 1, pixels }, wanted);
  await Promise.all([assert.rejects(call, { code: "ENGINE_FAILED" }), other.close()]);
});

test("a predictor that is closed within the engine's work leaves the process alive", async () => {
  for (let wait = 0; wait < 80; wait += 10) {
    const other = await Predictor.start({ models: [RANDOM_MODEL] });
    const loaded = await other.load();
    const pixels = Uint8Array.from({ length: 512 * 512 }, (_, i) => i % 7);
    const calls = [pixels, pixels.slice(), pixels.slice(), pixels.slice()].map((each) =>
      loaded.predict({ width: 512, height: 512, count: 1, pixels: each }, wanted),
    );
    const outcomes = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, wait));
    await other.close();
    assert.equal((await outcomes).length, 4);
  }
});

test("one bad frame of a batch is named by its own number", async (t) => {
  const path = join(temporaryFolder(t), "hole.tif");
  const writer = await createStackWriter(path, { width: 8, height: 8, frames: 10 });
  for (let frame = 1; frame <= 10; frame++) {
    const pixels = Float32Array.from({ length: 64 }, (_, i) => i);
    if (frame === 5) pixels[19] = Number.NaN;
    await writer.write(pixels);
  }
  await writer.finish();
  const stack = await openTifStack(path);
  await assert.rejects(collect(predictStack(model, stack, wanted)), {
    code: "INPUT_PIXEL_VALUE",
    message: /hole\.tif, frame 5: pixel x 3, y 2: expected a finite number, found NaN/,
  });
  await stack.close();
});

test("a file does not take the place of the model that goes by its name", async (t) => {
  const model = await readModel(RANDOM_MODEL);
  const silent = new Map(model.weights).set("density/kernel", {
    shape: [1, 1, 8, 1],
    data: new Float32Array(8),
  });
  // The name of a model that comes with the program: a training's own, where none is given.
  const path = join(temporaryFolder(t), "defcon.onnx");
  await writeModel(path, { ...model, weights: silent });
  const frame = () => ({
    width: 8,
    height: 8,
    count: 1,
    pixels: Uint8Array.from({ length: 64 }, (_, i) => i),
  });
  const shipped = await predictor.load("defcon");
  const [before] = await shipped.predict(frame(), wanted);
  assert.notEqual(before!.count, 0);
  assert.equal((await (await predictor.load(path)).predict(frame(), wanted))[0]!.count, 0);
  assert.equal((await shipped.predict(frame(), wanted))[0]!.count, before!.count);
});

test("a model counts large frames apart as it did before, also once its file is gone", async (t) => {
  const path = join(temporaryFolder(t), "gone.onnx");
  copyFileSync(RANDOM_MODEL, path);
  const shared = await Predictor.start({ models: [path], largeApart: true });
  t.after(() => shared.close());
  const own = await shared.load(path);
  rmSync(path);
  const frame = () => Uint16Array.from({ length: 300 * 260 }, (_, i) => 400 + ((i * 104_729) % 241));
  const batch = () => ({ width: 300, height: 260, count: 1, pixels: frame() });
  const [before] = await own.predict(batch(), wanted);
  assert.equal(own.countsApart, false);
  await own.countApart();
  assert.equal(own.countsApart, true);
  const [apart] = await own.predict(batch(), wanted);
  assert.deepEqual(apart, before);
  own.release();
});

for (const choice of [{ device: "auto" }, { threads: 1 }] as const) {
  test(`with ${JSON.stringify(choice)} there is one thread of the engine`, async (t) => {
    const alone = await Predictor.start({ models: [RANDOM_MODEL], largeApart: true, ...choice });
    t.after(() => alone.close());
    const own = await alone.load();
    await own.countApart();
    assert.equal(own.countsApart, false);
  });
}
