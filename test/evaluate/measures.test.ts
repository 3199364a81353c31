import assert from "node:assert/strict";
import { test } from "node:test";
import { type Agreement, agreement, mapDifference, pearson } from "../../src/evaluate/measures.js";
import { evaluationFixture } from "../support/evaluation.js";

const pairs = (...values: [truth: number, predicted: number][]) =>
  values.map(([truth, predicted]) => ({ truth, predicted }));

function near(found: number | undefined, expected: number, tolerance = 1e-12): void {
  assert.ok(
    found !== undefined && Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${found} is not ${expected}`,
  );
}

test("errors of three frames are those that one computes by hand", () => {
  // Errors 1, -2, 4: mean 1, variance (0 + 9 + 9) / 2 = 9; squares 1, 4, 16 of mean 7 and variance 63.
  const found = agreement(pairs([10, 11], [20, 18], [30, 34]));
  near(found.trueMean, 20);
  near(found.bias, 1);
  near(found.relativeBias, 3 / 60);
  near(found.mae, 7 / 3);
  near(found.rmse, Math.sqrt(7));
  near(found.biasInterval?.[0], 1 - 1.959963984540054 * Math.sqrt(3));
  near(found.biasInterval?.[1], 1 + 1.959963984540054 * Math.sqrt(3));
  assert.equal(found.rmseInterval?.[0], 0, "squares of errors are never below 0");
  near(found.rmseInterval?.[1], Math.sqrt(7 + 1.959963984540054 * Math.sqrt(21)));
  // Covariance (−10 · −10 + 0 · −3 + 10 · 13) = 230; squares 200 and 278.
  near(found.correlation, 230 / Math.sqrt(200 * 278));
});

test("all measures are numpy's and scipy's on random values", () => {
  const { truth, predicted, ...expected } = evaluationFixture.pairs;
  const found = agreement(truth.map((value, i) => ({ truth: value, predicted: predicted[i]! })));
  for (const [name, value] of Object.entries(expected)) {
    const ours = found[name as keyof Agreement];
    for (const [i, end] of [value].flat().entries()) near([ours].flat()[i], end, 1e-10);
  }
});

test("differences of maps are numpy's", () => {
  const { truth, predicted, squares, absolutes } = evaluationFixture.maps;
  const found = mapDifference(Float32Array.from(truth), Float32Array.from(predicted));
  near(found.squares, squares, 1e-10);
  near(found.absolutes, absolutes, 1e-10);
  assert.throws(() => mapDifference(new Float32Array(4), new Float32Array(6)), RangeError);
});

test("what a frame or an empty truth cannot tell is left open", () => {
  const one = agreement(pairs([3, 4]));
  assert.deepEqual(
    [one.biasInterval, one.maeInterval, one.rmseInterval, one.correlation],
    [undefined, undefined, undefined, undefined],
  );
  const empty = agreement(pairs([0, 0.5], [0, 1]));
  assert.deepEqual([empty.relativeBias, empty.correlation], [undefined, undefined]);
  near(empty.bias, 0.75);
});

test("values that differ by rounding alone do not correlate", () => {
  assert.equal(pearson(pairs([0.1 + 0.2, 1], [0.3, 2], [0.3, 3])), undefined);
});
