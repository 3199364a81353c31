import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { summariseSet } from "../../src/dataset/summary.js";
import { fixture } from "../support/dataset.js";
import { temporaryFolder } from "../support/temporary.js";

test("tells what a training does with sets that h5py wrote without maps, or of a camera's frames", async () => {
  const { samples, sets, notes } = await summariseSet(fixture("no_seg_map.h5"));
  assert.equal(samples, 9);
  assert.deepEqual(
    sets.map(({ name, lengths }) => [name, lengths]),
    [
      ["alpha", { input: 5, target: 5 }],
      ["beta", { input: 4, target: 4 }],
    ],
  );
  assert.deepEqual(notes, [
    "alpha has no segmentation maps: they are drawn where the density is above 0.03 emitters per pixel",
    "beta has no segmentation maps: they are drawn where the density is above 0.03 emitters per pixel",
  ]);
  const camera = await summariseSet(fixture("camera_frames.h5"));
  assert.equal(camera.samples, 9);
  assert.match(camera.notes.join("\n"), /input\/alpha is uint8: its values are divided by 255\n/);
  assert.match(camera.notes.join("\n"), /input\/beta is uint16: its values are divided by 65535\n/);
  assert.deepEqual((await summariseSet(fixture("two_sets.h5"))).notes, []);
});

test("tells what a training would refuse, values too", async () => {
  for (const [name, trouble] of [
    ["nan_frame", /found NaN in sample 3/],
    ["not_finite", /expected finite numbers in target\/a, found NaN/],
    ["raw_values", /found 300 in sample 1/],
    ["lzf", /the compression lzf/],
    ["no_target", /expected target\/a to match input\/a, found none/],
  ] as const) {
    const found = await summariseSet(fixture(`${name}.h5`)).catch((error: Error) => ({
      samples: 0,
      trouble: error.message,
    }));
    assert.equal(found.samples, 0, name);
    assert.match(found.trouble ?? "", trouble, name);
  }
});

test("a new set is a set without frames", async (t) => {
  const path = join(temporaryFolder(t), "new.h5");
  await (await DatasetWriter.create(path)).commit();
  const { samples, trouble } = await summariseSet(path);
  assert.equal(samples, 0);
  assert.match(trouble!, /found empty groups. Add frames with dataset add/);
});
