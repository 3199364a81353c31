import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as h5wasm from "h5wasm/node";
import { packageRoot } from "../../src/base/home.js";
import { addInput, addSet, addTarget, MAP_DEFAULTS } from "../../src/dataset/add.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { SampleReader } from "../../src/dataset/training-set.js";
import { openStack } from "../../src/frames/open-stack.js";
import { EMITTERS, fixture, fixtureDensity, fixtureFrame, PIXELS } from "../support/dataset.js";
import { maxDifference } from "../support/oracle.js";
import { writePicasso } from "../support/recordings.js";
import { temporaryFolder } from "../support/temporary.js";

/** A folder with an empty training set and the table of the fixture's emitters. */
async function start(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, "set.h5");
  await (await DatasetWriter.create(path)).commit();
  const truth = join(folder, "truth.csv");
  const rows = EMITTERS.flatMap((emitters, i) => emitters.map(([x, y]) => `${i + 1},${x},${y}`));
  writeFileSync(truth, `frame,x,y\n${rows.join("\n")}\n`);
  return { folder, path, truth };
}

/** An array as HDF5 has it, read without this program's help. */
async function stored(path: string, arrayPath: string) {
  await h5wasm.ready;
  const file = new h5wasm.File(path, "r");
  const { value, shape, dtype, metadata } = file.get(arrayPath) as h5wasm.Dataset;
  file.close();
  return { value: value as Float64Array, shape, dtype, chunks: (metadata as { chunks?: number[] }).chunks };
}

for (const type of ["uint8", "uint16", "float32"]) {
  test(`adds ${type} frames from 0 to 1, their density maps and segmentation maps, as the original lays them out`, async (t) => {
    const { path, truth } = await start(t);
    const result = await addSet(path, "beads", fixture(`${type}.tif`), truth, MAP_DEFAULTS);
    assert.deepEqual([result.samples, result.width, result.height, result.truth?.kept], [5, 20, 16, 14]);
    const [input, target, segMap] = await Promise.all(
      ["input", "target", "seg_map"].map((group) => stored(path, `${group}/beads`)),
    );
    for (const { shape, chunks } of [input!, target!, segMap!]) {
      assert.deepEqual(
        [shape, chunks],
        [
          [5, 16, 20, 1],
          [1, 16, 20, 1],
        ],
      );
    }
    assert.deepEqual([input!.dtype, target!.dtype, segMap!.dtype], ["<d", "<d", "<b"]);
    for (const [i, density] of fixtureDensity(1).entries()) {
      const part = (values: ArrayLike<number>) => Array.from(values).slice(i * PIXELS, (i + 1) * PIXELS);
      assert.ok(maxDifference(part(input!.value), fixtureFrame(i)) < (type === "float32" ? 1e-7 : 1e-15));
      assert.ok(maxDifference(part(target!.value), density) < 1e-9);
      assert.deepEqual(
        part(segMap!.value),
        Array.from(density, (value) => Number(value > 0.03)),
      );
    }
  });
}

test("frames of other formats are added as those of a tif are", async (t) => {
  const { folder, path, truth } = await start(t);
  const stack = await openStack(fixture("uint16.tif"));
  await writePicasso(join(folder, "beads.raw"), stack);
  await stack.close();
  await addSet(path, "tif", fixture("uint16.tif"), truth, MAP_DEFAULTS);
  await addSet(path, "raw", join(folder, "beads.raw"), truth, MAP_DEFAULTS);
  const [right, added] = await Promise.all(["tif", "raw"].map((name) => stored(path, `input/${name}`)));
  assert.deepEqual(added!.value, right!.value);
});

test("a camera's counts in numbers of another type are divided as 16 bits are", async (t) => {
  const { path } = await start(t);
  const formats = join(packageRoot, "test", "data", "frames", "formats");
  await addInput(path, "andor", join(formats, "solis-65559.sif"), {});
  const right = await openStack(join(formats, "sif-65559.right.npy"));
  const { pixels } = await right.read(0);
  await right.close();
  const { value } = await stored(path, "input/andor");
  assert.deepEqual(
    [...value.subarray(0, pixels.length)],
    Array.from(pixels, (pixel) => pixel / 65_535),
  );
  await assert.rejects(addInput(path, "negative", join(formats, "two-i2.spe"), {}), {
    code: "INPUT_PIXEL_VALUE",
    message: /two-i2\.spe, frame 1: expected pixels from 0 to 65535, found -/,
  });
});

test("what the reader of frames decided is told with what was added", async (t) => {
  const { path } = await start(t);
  const corpus = join(packageRoot, "test", "data", "frames", "corpus");
  const { notes } = await addInput(path, "inverted", join(corpus, "min-is-white.tif"), {});
  assert.match(notes.join(), /^MinIsWhite: values are inverted/);
  assert.deepEqual((await addInput(path, "plain", fixture("uint16.tif"), {})).notes, []);
});

test("sigma is a standard deviation, and both it and the threshold change the maps", async (t) => {
  const { path, truth } = await start(t);
  await addSet(path, "wide", fixture("uint8.tif"), truth, {
    ...MAP_DEFAULTS,
    sigma: 1.7,
    segThreshold: 0.01,
  });
  const { value } = await stored(path, "target/wide");
  assert.ok(maxDifference(value.subarray(2 * PIXELS, 3 * PIXELS), fixtureDensity(1.7)[2]!) < 1e-9);
  const segMap = (await stored(path, "seg_map/wide")).value;
  assert.equal(
    segMap.reduce((a, b) => a + b, 0),
    value.filter((density) => density > 0.01).length,
  );
});

test("adds to a file that h5py wrote, which keeps what it had", async (t) => {
  const { folder, truth } = await start(t);
  const path = join(folder, "original.h5");
  copyFileSync(fixture("two_sets.h5"), path);
  await addSet(path, "gamma", fixture("uint16.tif"), truth, MAP_DEFAULTS);
  const [before, after] = await Promise.all([
    SampleReader.open(fixture("two_sets.h5")),
    SampleReader.open(path),
  ]);
  assert.equal(after.info.samples, 14);
  assert.deepEqual(after.read(0, 9), before.read(0, 9));
  const { input, target, segMap } = before.read(0, 5);
  const added = after.read(9, 5);
  assert.deepEqual([added.input, added.segMap], [input, segMap]);
  assert.ok(maxDifference(added.target, target) < 1e-7);
  before.close();
  after.close();
});

test("input and target come one by one from arrays of other HDF5 files, or the target from a table", async (t) => {
  const { path, truth } = await start(t);
  const source = fixture("two_sets.h5");
  await addInput(path, "a", `${source}:input/alpha`, {});
  await addTarget(path, "a", `${source}:target/alpha`, MAP_DEFAULTS);
  await addInput(path, "b", fixture("uint8.tif"), {});
  await addTarget(path, "b", truth, MAP_DEFAULTS);
  await addTarget(path, "c", `${source}:target/beta`, MAP_DEFAULTS);
  await addInput(path, "c", `${source}:input/beta`, {});
  const [ours, theirs] = await Promise.all([SampleReader.open(path), SampleReader.open(source)]);
  const alpha = theirs.read(0, 5);
  assert.deepEqual(ours.read(0, 5), alpha);
  assert.ok(maxDifference(ours.read(5, 5).target, alpha.target) < 1e-7);
  assert.deepEqual(ours.read(10, 4), theirs.read(5, 4));
  ours.close();
  theirs.close();
});

test("frames of an HDF5 array of 16 bits are those of the same tif stack", async (t) => {
  const path = join(temporaryFolder(t), "set.h5");
  await (await DatasetWriter.create(path)).commit();
  const stack = `${fixture("camera_frames.h5")}:stack`;
  for (const [name, source] of [
    ["a", fixture("uint16.tif")],
    ["b", stack],
  ] as const) {
    await addInput(path, name, source, {});
    await addTarget(path, name, `${fixture("two_sets.h5")}:target/alpha`, MAP_DEFAULTS);
  }
  const set = await SampleReader.open(path);
  const { input } = set.read(0, 10, ["input"]);
  assert.deepEqual(input.subarray(5 * PIXELS), input.subarray(0, 5 * PIXELS));
  set.close();
});

test("a set of h5py's, without the group of segmentation maps, is added to", async (t) => {
  const path = join(temporaryFolder(t), "set.h5");
  copyFileSync(fixture("no_seg_map.h5"), path);
  await addInput(path, "gamma", fixture("uint16.tif"), {});
  await addTarget(path, "gamma", `${fixture("two_sets.h5")}:target/alpha`, MAP_DEFAULTS);
  const set = await SampleReader.open(path);
  assert.equal(set.info.samples, 14);
  set.close();
});

test("what does not fit is refused, and the file stays as it was", async (t) => {
  const { folder, path, truth } = await start(t);
  await addSet(path, "a", fixture("uint8.tif"), truth, MAP_DEFAULTS);
  const before = readFileSync(path);
  const two = fixture("two_sets.h5");
  const beyond = join(folder, "beyond.csv");
  writeFileSync(beyond, "frame,x,y\n6,1,1\n");
  const frames = fixture("uint8.tif");
  const refused: [() => Promise<unknown>, string, RegExp][] = [
    [
      () => addSet(path, "a", frames, truth, MAP_DEFAULTS),
      "INPUT_OPTION",
      /a name that input does not have yet, found a/,
    ],
    [() => addSet(path, "x/y", frames, truth, MAP_DEFAULTS), "INPUT_OPTION", /a name without slashes/],
    [
      () => addSet(path, "b", frames, beyond, MAP_DEFAULTS),
      "DATASET_TRUTH",
      /beyond\.csv, line 2, column frame/,
    ],
    [
      () => addSet(path, "b", fixture("float32_raw.tif"), truth, MAP_DEFAULTS),
      "INPUT_PIXEL_VALUE",
      /frame 1: expected 32-bit pixels from 0 to 1, found \d+\. Save/,
    ],
    [() => addSet(path, "b", join(folder, "none.tif"), truth, MAP_DEFAULTS), "INPUT_NOT_FOUND", /none\.tif/],
    [() => addSet(join(folder, "none.h5"), "b", frames, truth, MAP_DEFAULTS), "INPUT_NOT_FOUND", /none\.h5/],
    [() => addSet(truth, "b", frames, truth, MAP_DEFAULTS), "DATASET_FORMAT", /expected an HDF5 file/],
    [
      () => addTarget(path, "b", truth, MAP_DEFAULTS),
      "DATASET_FORMAT",
      /expected input\/b of single frames.*add-input/,
    ],
    [
      () => addInput(path, "b", `${two}:input/none`, {}),
      "DATASET_FORMAT",
      /an array input\/none of float32, float64, uint8 or uint16/,
    ],
    [() => addInput(path, "b", `${two}:seg_map/beta`, {}), "DATASET_FORMAT", /found "<l" of|found "<q" of/],
    [() => addInput(path, "b", `${fixture("raw_values.h5")}:input/a`, {}), "DATASET_FORMAT", /from 0 to 1/],
  ];
  for (const [attempt, code, message] of refused) await assert.rejects(attempt(), { code, message });
  await addTarget(path, "b", `${two}:target/beta`, MAP_DEFAULTS);
  await assert.rejects(addInput(path, "b", frames, {}), {
    code: "DATASET_FORMAT",
    message: /expected 4 samples of 20 x 16 as in target\/b, found 5 samples of 20 x 16/,
  });
  assert.notDeepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(folder).sort(), ["beyond.csv", "set.h5", "truth.csv"]);
});

test("cancelling leaves the file as it was and nothing beside it", async (t) => {
  const { folder, path, truth } = await start(t);
  const before = readFileSync(path);
  const cancel = new AbortController();
  let steps = 0;
  const onStep = () => {
    if (++steps === 2) cancel.abort();
  };
  const options = { ...MAP_DEFAULTS, signal: cancel.signal, onStep };
  await assert.rejects(addSet(path, "a", fixture("uint8.tif"), truth, options), { code: "CANCELLED" });
  assert.equal(steps, 2);
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(folder).sort(), ["set.h5", "truth.csv"]);
});

test("of two that add at the same time the later is refused, so that neither is lost in silence", async (t) => {
  const { folder, path } = await start(t);
  const [first, second] = [await DatasetWriter.extend(path), await DatasetWriter.extend(path)];
  for (const [i, writer] of [first, second].entries()) {
    writer.addArray("input", `part ${i}`, 1, { height: 16, width: 16, framesPerSample: 1 });
  }
  await first.commit();
  await assert.rejects(second.commit(), {
    code: "OUTPUT_WRITE",
    message: /another program has written meanwhile/,
  });
  assert.deepEqual((await stored(path, "input/part 0")).shape, [1, 16, 16, 1]);
  assert.deepEqual(readdirSync(folder).sort(), ["set.h5", "truth.csv"]);
});
