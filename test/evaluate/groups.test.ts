import assert from "node:assert/strict";
import { test } from "node:test";
import { binOf, groupingsOf } from "../../src/evaluate/groups.js";
import { summarise, summaryOf } from "../../src/evaluate/summary.js";
import { record } from "../support/evaluation.js";

test("bins end at 1, 2 and 5 times a power of ten, and hold their lower end", () => {
  const labels = [0, 0.1, 0.2, 0.3, 0.49999, 0.5, 1, 2, 4.9, 5, 10, 1999, 2000].map(
    (value) => binOf(value).label,
  );
  assert.deepEqual(labels, [
    "0",
    "0.1 to 0.2",
    "0.2 to 0.5",
    "0.2 to 0.5",
    "0.2 to 0.5",
    "0.5 to 1",
    "1 to 2",
    "2 to 5",
    "2 to 5",
    "5 to 10",
    "10 to 20",
    "1000 to 2000",
    "2000 to 5000",
  ]);
});

test("every power of ten and its doubles and halves fall into the bin that they begin", () => {
  for (let exponent = -6; exponent <= 6; exponent++) {
    for (const step of [1, 2, 5]) {
      const value = Number(`${step}e${exponent}`);
      assert.equal(binOf(value).rank, value);
      assert.ok(binOf(value * 0.999).rank < value);
    }
  }
});

test("density is per µm² where all pixel sizes are known, else per 1000 pixels", () => {
  const sized = record(3, 3, { condition: { name: "a", pixelSize: 100 } });
  const unsized = record(3, 3, { condition: { name: "b" } });
  const density = (...records: Parameters<typeof groupingsOf>[0]) => {
    const grouping = groupingsOf(records).find(({ name }) => name === "density")!;
    return [grouping.unit, grouping.groupOf(records[0]!)?.label];
  };
  // 1000 pixels of 0.1 µm: 10 µm².
  assert.deepEqual(density(sized), ["per µm²", "0.2 to 0.5"]);
  assert.deepEqual(density(sized, unsized), ["per 1000 pixels", "2 to 5"]);
});

test("frames are told apart only by what is known of them", () => {
  const names = (...records: Parameters<typeof groupingsOf>[0]) =>
    groupingsOf(records).map(({ name }) => name);
  assert.deepEqual(names(record(1, 1)), ["density"]);
  const psf = { name: "b", psf: "airy" };
  assert.deepEqual(names(record(1, 1), record(1, 1, { condition: psf, signal: 900, background: 10 })), [
    "condition",
    "density",
    "signal",
    "background",
    "psf",
  ]);
});

test("groups stand in their order, those without emitters last, with each model's own frames", () => {
  const records = ["a", "b"].flatMap((model) => [
    record(4, 5, { model, signal: 1500 }),
    record(0, 1, { model }),
    record(4, model === "a" ? 2 : 4, { model, signal: 90 }),
  ]);
  const signal = summarise(records).groupings.find(({ name }) => name === "signal")!;
  assert.deepEqual(
    signal.groups.map(({ label, models }) => [
      label,
      ...[...models.values()].map(({ frames, count }) => [frames, count.bias]),
    ]),
    [
      ["50 to 100", [1, -2], [1, 0]],
      ["1000 to 2000", [1, 1], [1, 1]],
      ["no emitters", [1, 1], [1, 1]],
    ],
  );
});

test("errors of maps are means over all pixels of all frames, whatever their size", () => {
  const { map } = summaryOf([
    record(1, 1, { pixels: 100, map: { squares: 4, absolutes: 8 } }),
    record(1, 1, { pixels: 300, map: { squares: 32, absolutes: 12 } }),
  ]);
  assert.deepEqual(map, { rmse: 0.3, mae: 0.05, perFrame: 10 });
});
