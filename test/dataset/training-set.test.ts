import assert from "node:assert/strict";
import { copyFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { SampleReader } from "../../src/dataset/training-set.js";
import {
  EMITTERS,
  fixture,
  fixtureDensity,
  fixtureFrame,
  HEIGHT,
  PIXELS,
  WIDTH,
} from "../support/dataset.js";
import { maxDifference } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

test("reads sets that h5py wrote one after the other in the order of their names", async () => {
  const set = await SampleReader.open(fixture("two_sets.h5"));
  const { samples, height, width, framesPerSample } = set.info;
  assert.deepEqual([samples, height, width, framesPerSample], [9, HEIGHT, WIDTH, 1]);
  const all = set.read(0, 9);
  for (let i = 0; i < 9; i++) {
    const [frame, source] = i < 5 ? [i, 0] : [i - 5, 1];
    const at = (array: Float32Array) => array.subarray(i * PIXELS, (i + 1) * PIXELS);
    const density = fixtureDensity(1)[frame]!;
    assert.ok(maxDifference(at(all.input), fixtureFrame(frame, source)) < 1e-7);
    assert.ok(maxDifference(at(all.target), density) < 1e-7);
    assert.deepEqual(
      at(all.segMap),
      Float32Array.from(density, (value) => Number(value > 0.03)),
    );
  }
  set.close();
});

test("any range of samples is the same part of the whole, also across sets", async () => {
  const set = await SampleReader.open(fixture("two_sets.h5"));
  const all = set.read(0, 9);
  for (let first = 0; first < 9; first++) {
    for (let count = 1; first + count <= 9; count++) {
      const part = set.read(first, count);
      assert.equal(part.count, count);
      for (const key of ["input", "target", "segMap"] as const) {
        assert.deepEqual(part[key], all[key].slice(first * PIXELS, (first + count) * PIXELS));
      }
    }
  }
  for (const [first, count] of [
    [-1, 1],
    [0, 0],
    [8, 2],
    [0.5, 1],
    [9, 1],
  ] as const) {
    assert.throws(() => set.read(first, count), RangeError);
  }
  set.close();
});

test("reads temporal sets, and float32, compressed, big-endian and boolean arrays", async () => {
  const set = await SampleReader.open(fixture("temporal.h5"));
  assert.deepEqual([set.info.samples, set.info.framesPerSample], [3, 3]);
  const { input, target, segMap } = set.read(1, 2);
  assert.equal(input.length, 6 * PIXELS);
  assert.ok(maxDifference(input.subarray(2 * PIXELS, 3 * PIXELS), fixtureFrame(5)) < 1e-7);
  const lit = 2 * PIXELS + 3 * WIDTH + 4;
  assert.equal(
    target.findIndex((value) => value > 0),
    lit,
  );
  assert.deepEqual([target[lit], segMap[lit], segMap.reduce((sum, value) => sum + value)], [0.5, 1, 1]);
  set.close();
});

test("the fingerprint tells the same file from a changed one", async (t) => {
  const path = join(temporaryFolder(t), "set.h5");
  const fingerprint = async () => {
    const set = await SampleReader.open(path);
    set.close();
    return set.fingerprint;
  };
  copyFileSync(fixture("two_sets.h5"), path);
  const first = await fingerprint();
  assert.equal(await fingerprint(), first);
  utimesSync(path, 1_000_000_000, 1_000_000_000);
  assert.notEqual(await fingerprint(), first);
});

const REFUSED: Record<string, RegExp> = {
  no_groups: /expected a training set with the groups input, target, seg_map, found none of them among data/,
  rank: /expected input\/a of the shape \(N, H, W, 1\) or \(N, 3, H, W, 1\), found \(2, 16, 16\)/,
  signed_frames:
    /expected input\/a of float32, float64, uint8 or uint16, found int16\. .*divided by 255 and 65535/,
  half: /expected input\/a of float32, float64, uint8 or uint16, found float16/,
  lzf: /expected input\/a uncompressed or with gzip, found the compression lzf \(HDF5 filter 32000\)\. .*compression="gzip"/,
  text: /expected seg_map\/a of integers or booleans, found /,
  fewer_maps: /expected target\/a with 2 samples of 16 x 16 as in input\/a, found 1 samples of 16 x 16/,
  no_target: /expected target\/a to match input\/a, found none\. Add it with dataset add-input/,
  odd_size: /expected frames with sides that are multiples of 4, and 16 or more, found 16 x 18\. .*--augment/,
  two_sizes: /found large with 2 samples of 36 x 32 and small with 2 samples of 20 x 16\. .*--augment/,
};

for (const [name, message] of Object.entries(REFUSED)) {
  test(`refuses a file with ${name.replaceAll("_", " ")}, and says what it lacks`, async () => {
    await assert.rejects(SampleReader.open(fixture(`${name}.h5`)), { code: "DATASET_FORMAT", message });
  });
}

test("values that no frame and no map can have are refused where they are read", async () => {
  const raw = await SampleReader.open(fixture("raw_values.h5"));
  assert.throws(() => raw.read(1, 1), {
    code: "DATASET_FORMAT",
    message: /expected values from 0 to 1 in input\/a, found 300 in sample 2\. Divide/,
  });
  raw.close();
  const infinite = await SampleReader.open(fixture("not_finite.h5"));
  assert.throws(() => infinite.read(0, 2), { message: /expected finite numbers in target\/a, found NaN/ });
  infinite.close();
});

test("reads sets without segmentation maps, which follow from the density maps as the original's do", async () => {
  const [whole, without] = await Promise.all(
    ["two_sets", "no_seg_map"].map((name) => SampleReader.open(fixture(`${name}.h5`))),
  );
  assert.deepEqual(without!.read(0, 9), whole!.read(0, 9));
  for (const set of [whole!, without!]) set.close();
});

test("divides frames of 8 and 16 bits by the largest value, in either order of bytes", async () => {
  const [whole, camera] = await Promise.all(
    ["two_sets", "camera_frames"].map((name) => SampleReader.open(fixture(`${name}.h5`))),
  );
  assert.deepEqual(camera!.read(0, 9), whole!.read(0, 9));
  for (const set of [whole!, camera!]) set.close();
});

test("reads arrays in chunks of many samples", async () => {
  const [whole, chunks] = await Promise.all(
    ["two_sets", "chunks"].map((name) => SampleReader.open(fixture(`${name}.h5`))),
  );
  assert.deepEqual(chunks!.read(0, 9), whole!.read(0, 9));
  for (const set of [whole!, chunks!]) set.close();
});

test("a check finds a value that is no number anywhere in the set, and tells where", async () => {
  const set = await SampleReader.open(fixture("nan_frame.h5"));
  await assert.rejects(set.check(), {
    code: "DATASET_FORMAT",
    message: /expected values from 0 to 1 in input\/a, found NaN in sample 3/,
  });
  set.close();
  const sound = await SampleReader.open(fixture("chunks.h5"));
  let steps = 0;
  await sound.check({ onStep: () => steps++ });
  assert.ok(steps > 0);
  sound.close();
});

test("a set that a program marked as being written is not read, and the mark's remedy is named", async () => {
  await assert.rejects(SampleReader.open(fixture("not_closed.h5")), {
    code: "DATASET_LOCKED",
    message: /expected a training set that no other program writes to.*h5clear -s/,
  });
});

test("a file that is missing, a folder, no HDF5 or cut off is refused by name", async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(SampleReader.open(join(folder, "none.h5")), { code: "INPUT_NOT_FOUND" });
  await assert.rejects(SampleReader.open(folder), { code: "INPUT_NOT_FOUND" });
  const path = join(folder, "cut.h5");
  const bytes = readFileSync(fixture("two_sets.h5"));
  for (const fraction of [0, 0.01, 0.3, 0.9, 0.999]) {
    writeFileSync(path, bytes.subarray(0, Math.floor(fraction * bytes.length)));
    await assert.rejects(SampleReader.open(path), (error: Error & { code?: string }) => {
      assert.equal(error.code, "DATASET_FORMAT", error.message);
      assert.ok(error.message.startsWith(`${path}: expected `), error.message);
      return true;
    });
  }
  writeFileSync(path, "frame,x,y\n");
  await assert.rejects(SampleReader.open(path), { code: "DATASET_FORMAT", message: /expected an HDF5 file/ });
});

test("reads in a worker thread", async () => {
  const module = new URL("../../src/dataset/training-set.js", import.meta.url).href;
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module)
      .then(({ SampleReader }) => SampleReader.open(workerData.path))
      .then((set) => parentPort.postMessage(set.read(2, 1).input));`;
  const worker = new Worker(code, { eval: true, workerData: { module, path: fixture("two_sets.h5") } });
  const input = await new Promise<Float32Array>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
  });
  await worker.terminate();
  assert.ok(maxDifference(input, fixtureFrame(2)) < 1e-7);
  assert.equal(EMITTERS.length, 5);
});
