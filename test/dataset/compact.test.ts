import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compactSet } from "../../src/dataset/compact.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { SET_GROUPS } from "../../src/dataset/layout.js";
import { sampleBlocks } from "../../src/dataset/sample-blocks.js";
import type { Samples } from "../../src/dataset/samples.js";
import { SampleReader } from "../../src/dataset/training-set.js";
import { fixture, fixtureFrame, PIXELS } from "../support/dataset.js";
import { maxDifference } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const PLAIN = { shuffle: true, augment: 0, temporal: false, seed: 42 };

async function readAll(path: string): Promise<Samples> {
  const set = await SampleReader.open(path);
  try {
    return set.read(0, set.info.samples);
  } finally {
    set.close();
  }
}

/** Frame `i` of an array of all. */
function frame(values: Float32Array, i: number): Float32Array {
  return values.subarray(i * PIXELS, (i + 1) * PIXELS);
}

/** Which frame of two_sets.h5 each frame of `input` is. */
function origins(input: Float32Array): number[] {
  return Array.from({ length: input.length / PIXELS }, (_, i) => {
    const found = Array.from({ length: 9 }, (_, k) => (k < 5 ? fixtureFrame(k) : fixtureFrame(k - 5, 1)));
    return found.findIndex((candidate) => maxDifference(frame(input, i), candidate) < 1e-6);
  });
}

test("joins the sets in one random order for frames, density and segmentation maps", async (t) => {
  const output = join(temporaryFolder(t), "out.h5");
  const result = await compactSet(fixture("two_sets.h5"), output, PLAIN);
  assert.deepEqual(result, { samples: 9, height: 16, width: 20, framesPerSample: 1 });
  const [before, after] = [await readAll(fixture("two_sets.h5")), await readAll(output)];
  const order = origins(after.input);
  assert.deepEqual(order.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.notDeepEqual(order, order.toSorted());
  for (const [i, from] of order.entries()) {
    for (const key of ["input", "target", "segMap"] as const) {
      assert.deepEqual(frame(after[key], i), frame(before[key], from));
    }
  }
});

test("the seed gives the order; without shuffling it is that of the names", async (t) => {
  const folder = temporaryFolder(t);
  const order = async (name: string, options: object) => {
    const output = join(folder, name);
    await compactSet(fixture("two_sets.h5"), output, { ...PLAIN, ...options });
    return origins((await readAll(output)).input);
  };
  assert.deepEqual(await order("a.h5", {}), await order("b.h5", {}));
  assert.notDeepEqual(await order("c.h5", {}), await order("d.h5", { seed: 43 }));
  assert.deepEqual(await order("e.h5", { shuffle: false }), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("temporal samples are three consecutive frames of one set, without its first N mod 3", async (t) => {
  const folder = temporaryFolder(t);
  const inOrder = join(folder, "in-order.h5");
  const result = await compactSet(fixture("two_sets.h5"), inOrder, {
    ...PLAIN,
    temporal: true,
    shuffle: false,
  });
  assert.deepEqual(result, { samples: 2, height: 16, width: 20, framesPerSample: 3 });
  // Of alpha's five frames the first two are left out, of beta's four the first.
  assert.deepEqual(origins((await readAll(inOrder)).input), [2, 3, 4, 6, 7, 8]);
  const groups = new Set<string>();
  for (let seed = 0; seed < 8; seed++) {
    const output = join(folder, `${seed}.h5`);
    await compactSet(fixture("two_sets.h5"), output, { ...PLAIN, temporal: true, seed });
    groups.add(origins((await readAll(output)).input).join());
  }
  assert.deepEqual([...groups].sort(), ["2,3,4,6,7,8", "6,7,8,2,3,4"]);
});

test("a compacted file can be compacted again, also in its own place", async (t) => {
  const output = join(temporaryFolder(t), "out.h5");
  await compactSet(fixture("two_sets.h5"), output, { ...PLAIN, shuffle: false });
  await compactSet(output, output, PLAIN);
  assert.deepEqual(origins((await readAll(output)).input).toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("augmentation writes each sample as often as wanted, each time otherwise, maps untouched", async (t) => {
  const folder = temporaryFolder(t);
  const output = join(folder, "out.h5");
  const options = { ...PLAIN, augment: 3, shuffle: false };
  assert.equal((await compactSet(fixture("two_sets.h5"), output, options)).samples, 27);
  const [before, after] = [await readAll(fixture("two_sets.h5")), await readAll(output)];
  for (let i = 0; i < 27; i++) {
    const from = Math.floor(i / 3);
    assert.deepEqual(frame(after.target, i), frame(before.target, from));
    assert.deepEqual(frame(after.segMap, i), frame(before.segMap, from));
    assert.ok(maxDifference(frame(after.input, i), frame(before.input, from)) > 1e-3);
  }
  const again = join(folder, "again.h5");
  await compactSet(fixture("two_sets.h5"), again, options);
  assert.deepEqual(await readAll(again), after);
});

test("unpacks each chunk of a compressed set once, and gives what the same set gives in other chunks", async (t) => {
  const folder = temporaryFolder(t);
  const { Dataset } = await import("h5wasm/node");
  const slice = Dataset.prototype.slice;
  t.after(() => {
    Dataset.prototype.slice = slice;
  });
  // Rows of chunks that a reading of samples touches: h5wasm unpacks them anew each time.
  const read: string[] = [];
  Dataset.prototype.slice = function (ranges) {
    const chunk = this.metadata.chunks?.[0] ?? 1;
    const [first = 0, end = 0] = ranges[0] as number[];
    for (let row = Math.floor(first / chunk); row * chunk < end; row++) read.push(`${this.path} ${row}`);
    return slice.call(this, ranges);
  };
  const outputs = ["chunks", "two_sets"].map((name) => [fixture(`${name}.h5`), join(folder, name)] as const);
  await compactSet(...outputs[0]!, PLAIN);
  // Of alpha 5 samples in chunks of 2, of beta 4 in one, in three groups.
  assert.equal(read.length, 3 * (3 + 1));
  assert.equal(new Set(read).size, read.length);
  await compactSet(...outputs[1]!, PLAIN);
  assert.deepEqual(await readAll(outputs[0]![1]), await readAll(outputs[1]![1]));
  assert.deepEqual(readdirSync(folder).sort(), ["chunks", "two_sets"]);
});

test("a block holds whole chunks, and no more than the memory allows", () => {
  const array = { path: "", dtype: "float64", framesPerSample: 1, height: 16, width: 16 } as const;
  const blocks = (samples: number, samplesPerChunk: number, most: number) =>
    sampleBlocks({ ...array, samples, samplesPerChunk }, { usual: 1, most: most * 8 * 256 });
  assert.deepEqual(blocks(10, 4, 100), [
    [0, 4],
    [4, 8],
    [8, 10],
  ]);
  assert.deepEqual(blocks(5, 5, 2), [
    [0, 2],
    [2, 4],
    [4, 5],
  ]);
});

test("a set without segmentation maps is compacted with those that follow from its density maps", async (t) => {
  const folder = temporaryFolder(t);
  const [with_, without] = [join(folder, "a.h5"), join(folder, "b.h5")];
  await compactSet(fixture("two_sets.h5"), with_, PLAIN);
  await compactSet(fixture("no_seg_map.h5"), without, PLAIN);
  assert.deepEqual(await readAll(without), await readAll(with_));
});

test("what is held back for validation has no copy among the rest", async (t) => {
  const folder = temporaryFolder(t);
  const [path, output] = [join(folder, "set.h5"), join(folder, "out.h5")];
  const [samples, copies, values] = [40, 3, 256];
  const writer = await DatasetWriter.create(path);
  for (const group of SET_GROUPS) {
    const array = writer.addArray(group, "a", samples, { height: 16, width: 16, framesPerSample: 1 });
    for (let i = 0; i < samples; i++) {
      // Density tells the sample: augmentation leaves it as it is.
      const data = group === "seg_map" ? new Int8Array(values) : new Float64Array(values).fill(i / samples);
      array.write(i, data);
    }
  }
  await writer.commit();
  await compactSet(path, output, { ...PLAIN, augment: copies });
  const { target } = await readAll(output);
  const order = Array.from({ length: samples * copies }, (_, i) => Math.round(target[i * values]! * samples));
  for (let sample = 0; sample < samples; sample++) {
    assert.equal(order.filter((each) => each === sample).length, copies);
  }
  const [trained, heldBack] = [order.slice(0, 108), order.slice(108)];
  assert.ok(heldBack.every((sample) => !trained.includes(sample)));
  assert.notDeepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const together = order.filter((sample, i) => sample === order[i + 1]).length;
  assert.ok(together < samples, "copies do not follow one another");
});

test("sets of different sizes are refused by name, and made equal by random crops", async (t) => {
  const output = join(temporaryFolder(t), "out.h5");
  await assert.rejects(compactSet(fixture("two_sizes.h5"), output, PLAIN), {
    code: "DATASET_FORMAT",
    message: /found large with 2 samples of 36 x 32 and small with 2 samples of 20 x 16\. --augment/,
  });
  assert.equal(existsSync(output), false);
  const result = await compactSet(fixture("two_sizes.h5"), output, { ...PLAIN, augment: 1 });
  assert.deepEqual(result, { samples: 4, height: 16, width: 20, framesPerSample: 1 });
  const odd = await compactSet(fixture("odd_size.h5"), output, { ...PLAIN, augment: 1 });
  assert.deepEqual([odd.height, odd.width], [16, 16]);
});

test("what cannot be compacted is refused, and leaves nothing", async (t) => {
  const folder = temporaryFolder(t);
  const output = join(folder, "out.h5");
  const refused: [string, object, RegExp][] = [
    ["no_target.h5", {}, /expected target\/a to match input\/a/],
    ["raw_values.h5", {}, /found 300 in sample/],
    ["temporal.h5", { temporal: true }, /three frames already/],
    ["no_groups.h5", {}, /the groups input, target, seg_map/],
    ["two_sizes.h5", { temporal: true, augment: 1 }, /a set of three frames or more/],
  ];
  for (const [name, options, message] of refused) {
    await assert.rejects(compactSet(fixture(name), output, { ...PLAIN, ...options }), {
      code: "DATASET_FORMAT",
      message,
    });
  }
  assert.deepEqual(readdirSync(folder), []);
});
