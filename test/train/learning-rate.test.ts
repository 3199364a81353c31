import assert from "node:assert/strict";
import { test } from "node:test";
import { learningRateAt } from "../../src/train/learning-rate.js";

test("the learning rate stays where no final one is given", () => {
  for (const step of [0, 50, 100]) assert.equal(learningRateAt({ learningRate: 0.001 }, step, 100), 0.001);
});

test("it falls along half a cosine from the first step to the last", () => {
  const rates = { learningRate: 1e-3, finalLearningRate: 1e-4 };
  const at = (step: number) => learningRateAt(rates, step, 120);
  assert.equal(at(0), 1e-3);
  assert.ok(Math.abs(at(60) - 5.5e-4) < 1e-12, "half way: the mean of both");
  // cos(60°) = 1/2
  assert.ok(Math.abs(at(40) - (1e-4 + 9e-4 * 0.75)) < 1e-12);
  assert.ok(Math.abs(at(120) - 1e-4) < 1e-12);
  for (let step = 1; step <= 120; step++) assert.ok(at(step) < at(step - 1));
});
