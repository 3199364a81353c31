import assert from "node:assert/strict";
import { test } from "node:test";
import { frameTruth } from "../../src/evaluate/evaluation-frame.js";
import { countsOf } from "../../src/predict/counts.js";
import { evaluationFixture } from "../support/evaluation.js";

const { emitters, width, height, ...expected } = evaluationFixture.frame;
const column = (at: 0 | 1 | 2 | 3) => emitters.map((row) => row[at]);
const table = { x: column(0), y: column(1), brightness: column(2), background: column(3) };

test("the truth about a frame is scipy's: emitters in it and above the threshold, the map of all bright ones", () => {
  const truth = frameTruth(table, { width, height }, { threshold: 250, sigma: 1 });
  const { count: mapSum, maxLocalCount } = countsOf(truth.density, width, height, 7);
  assert.equal(truth.count, expected.count);
  assert.ok(Math.abs(mapSum - expected.mapSum) < 1e-5);
  assert.ok(Math.abs(maxLocalCount - expected.maxLocalCount) < 1e-5);
  assert.ok(Math.abs(truth.signal! - expected.signal) < 1e-9);
  assert.ok(Math.abs(truth.background! - expected.background) < 1e-9);
});

test("an emitter counts in the frame where its centre lies, from the first edge up to but not at the last", () => {
  const rules = { threshold: 0, sigma: 1 };
  const count = (x: number, y: number) => frameTruth({ x: [x], y: [y] }, { width, height }, rules).count;
  assert.deepEqual(
    [count(0, 0), count(23.999, 19.999), count(24, 5), count(5, 20), count(-0.001, 5)],
    [1, 1, 0, 0, 0],
  );
});

test("an emitter as bright as the threshold is too dim, and one of unknown brightness counts", () => {
  const rules = { threshold: 250, sigma: 1 };
  const [x, y] = [
    [5, 6],
    [5, 6],
  ];
  assert.equal(frameTruth({ x, y, brightness: [250, 251] }, { width, height }, rules).count, 1);
  const unknown = frameTruth({ x, y }, { width, height }, rules);
  assert.deepEqual([unknown.count, unknown.signal, unknown.background], [2, undefined, undefined]);
});
