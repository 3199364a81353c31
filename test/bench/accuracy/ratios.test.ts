import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConditionResult, geometricMean, ratiosOf } from "../../../bench/accuracy/ratios.js";
import { figureOf, type Results } from "../../../bench/accuracy/results.js";
import { ranking, thresholdTables } from "../../../bench/accuracy/thresholds.js";
import { agreement } from "../../../src/evaluate/measures.js";
import type { Summary } from "../../../src/evaluate/summary.js";

/** A summary whose mean absolute errors are the given ones. */
function summary(count: number, local: number): Summary {
  const off = (error: number) => agreement([{ truth: 10, predicted: 10 + error }]);
  return { frames: 1, count: off(count), maxLocalCount: off(local), map: { rmse: 0, mae: 0, perFrame: 0 } };
}

/** A condition that the original counts with errors of 2 and 1. */
function condition(name: string, count: number, local: number): ConditionResult {
  return {
    name,
    models: new Map([
      ["original", summary(2, 1)],
      ["defcon", summary(count, local)],
    ]),
    coverage: new Map(),
  };
}

const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-12, `${found}`);

const SASS = [condition("easy", 0.5, 1), condition("hard", 8, 0.25)];
const RESULTS: Results = {
  own: [],
  sass: SASS,
  real: [
    {
      name: "cells",
      models: new Map([["defcon", { fog: 0.2, rise: { mean: 1, deviation: Math.hypot(0.05, 0.07) } }]]),
    },
  ],
  second: [],
};

test("the geometric mean of 1, 2 and 4 is 2", () => {
  close(geometricMean([1, 2, 4]), 2);
  close(geometricMean([0.25]), 0.25);
});

test("each condition weighs the same, and the worst one is named", () => {
  // Ratios 1/4 and 4: their mean is 1, although the pooled error is 4.25 / 2.
  const counts = ratiosOf(SASS, "defcon", "original", "count");
  close(counts.geometricMean, 1);
  assert.deepEqual([counts.worst, counts.worstName, counts.above, counts.conditions], [4, "hard", 1, 2]);
  // A ratio of exactly 1 is not above 1.
  const locals = ratiosOf(SASS, "defcon", "original", "maxLocalCount");
  close(locals.geometricMean, 0.5);
  assert.deepEqual([locals.worst, locals.above], [1, 0]);
});

test("a model's figure is the geometric mean over sources", () => {
  // SASS: √(1 · 0.5). Real: √(0.2 / 0.05 · 1) = 2. Together √(√0.5 · 2).
  const { overall, worst } = figureOf(RESULTS, "defcon", "original");
  close(overall, Math.sqrt(Math.sqrt(0.5) * 2));
  assert.equal(worst, 4);
});

test("what is missed is bold", () => {
  const text = thresholdTables(RESULTS, "original", ["defcon"]);
  assert.match(text, /defcon, count, geometric mean \| ≤ 0.6 \| \*\*1.00\*\*/);
  assert.match(text, /defcon, max local count, worst \| ≤ 1 \| 1.00 \(0 of 2 above 1\)/);
  assert.match(text, /defcon, fog \| ≤ 0.05 \| \*\*0.20\*\*/);
  assert.match(text, /defcon, mean rise per inserted molecule \| 1 ± 0.05 \| 1.00/);
});

test("candidates are listed best first, one a line", () => {
  const better = condition("easy", 0.2, 0.2);
  const both = {
    ...RESULTS,
    real: [],
    sass: [{ ...better, models: new Map([...better.models, ["tuned", summary(0.1, 0.1)]]) }],
  };
  const lines = ranking(both, "original", ["defcon", "tuned"]).split("\n");
  assert.deepEqual(
    lines.map((line) => line.split(":")[0]),
    ["tuned", "defcon"],
  );
});
