import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compactSet, TrainingSet } from "../../src/api/training-set.js";
import { packageRoot } from "../../src/base/home.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

/** A stack of four frames whose pixels are 100 * frame, and the table of one emitter in the middle of each. */
async function frames(context: Ending): Promise<{ folder: string; inputFile: string; frameLogger: string }> {
  const folder = temporaryFolder(context);
  const [inputFile, frameLogger] = [join(folder, "stack.tif"), join(folder, "truth.csv")];
  const writer = await createStackWriter(inputFile, {
    width: 20,
    height: 16,
    frames: 4,
    pixelType: "uint16",
  });
  for (let i = 0; i < 4; i++) await writer.write(new Uint16Array(320).fill(100 * i));
  await writer.finish();
  const rows = [1, 2, 3, 4].map((frame) => `${frame},10,8,1000`);
  writeFileSync(frameLogger, `frame,x,y,brightness\n${rows.join("\n")}\n`);
  return { folder, inputFile, frameLogger };
}

test("a training set is made, read and joined as the guide does", async (t) => {
  const { folder, inputFile, frameLogger } = await frames(t);
  const path = join(folder, "set.h5");
  const set = await TrainingSet.open(path, "w");
  const progress: [number, number][] = [];
  const added = await set.addDataset({
    name: "first",
    inputFile,
    frameLogger,
    onProgress: (done, steps) => progress.push([done, steps]),
  });
  assert.deepEqual([added.samples, added.width, added.height, added.truth?.kept], [4, 20, 16, 4]);
  assert.deepEqual(progress.at(-1), [4, 4]);
  assert.deepEqual(await set.lengths(), [4]);
  assert.equal(
    await set.summary({ print: false }),
    [
      "",
      path,
      "/",
      "    input/",
      "        first: shape = (4, 16, 20, 1), dtype = float64",
      "    seg_map/",
      "        first: shape = (4, 16, 20, 1), dtype = int8",
      "    target/",
      "        first: shape = (4, 16, 20, 1), dtype = float64",
      "",
    ].join("\n"),
  );
  const input = await set.get("input/first", { first: 1, end: 3 });
  assert.deepEqual([input.shape, input.dtype], [[2, 16, 20, 1], "float64"]);
  assert.deepEqual([input.data[0], input.data[320]], [100 / 65_535, 200 / 65_535]);
  const target = await set.get("target/first");
  const sum = (target.data as Float64Array).reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(sum - 4) < 1e-6, "one emitter a frame");

  const joined = join(folder, "joined.h5");
  const samples = await compactSet(set, { outputFile: joined, augment: 2 });
  assert.deepEqual(samples, { samples: 8, height: 16, width: 20, framesPerSample: 1 });
  await set.close();
  await assert.rejects(set.lengths(), { code: "INPUT_OPTION", message: /closed/ });
  assert.deepEqual(await (await TrainingSet.open(joined)).lengths(), [8]);
});

test("arrays that h5py wrote come with the types that h5py gave them", async () => {
  const path = join(packageRoot, "test", "data", "dataset", "two_sets.h5");
  const set = await TrainingSet.open(path);
  for (const { path: name, shape, dtype } of await set.arrays()) {
    const { data } = await set.get(name);
    assert.equal(
      data.length,
      shape.reduce((product, side) => product * side, 1),
    );
    const kinds: Record<string, string> = {
      float64: "Float64Array",
      float32: "Float32Array",
      int64: "BigInt64Array",
      int32: "Int32Array",
      int8: "Int8Array",
      uint8: "Uint8Array",
      bool: "Uint8Array",
    };
    assert.equal(data.constructor.name, kinds[dtype], `${name} of ${dtype}`);
  }
});

test("a set that is read is not written, and what is cancelled leaves it as it was", async (t) => {
  const { folder, inputFile, frameLogger } = await frames(t);
  const path = join(folder, "set.h5");
  await assert.rejects(TrainingSet.open(path), { code: "INPUT_NOT_FOUND" });
  await (await TrainingSet.open(path, "a")).addInput({ name: "first", inputFile });
  const reader = await TrainingSet.open(path);
  await assert.rejects(reader.addInput({ name: "second", inputFile }), {
    code: "INPUT_OPTION",
    message: /TrainingSet\.open\(path, "a"\)/,
  });
  const before = readFileSync(path);
  const set = await TrainingSet.open(path, "a");
  const signal = AbortSignal.abort();
  await assert.rejects(set.addDataset({ name: "second", inputFile, frameLogger, signal }), {
    code: "CANCELLED",
  });
  assert.deepEqual(readFileSync(path), before);
  await assert.rejects(set.get("input/none"), { code: "INPUT_OPTION", message: /input\/none/ });
  await assert.rejects(set.get("input/first", { first: 2, end: 9 }), {
    code: "INPUT_OPTION",
    message: /samples from 0 up to 4, found 2 up to 9/,
  });
  const output = join(folder, "joined.h5");
  await set.addTarget({ name: "first", targetFile: frameLogger });
  await assert.rejects(compactSet(set, { outputFile: output, signal }), { code: "CANCELLED" });
  assert.ok(!existsSync(output));
  assert.ok(statSync(path).size > 0);
});
