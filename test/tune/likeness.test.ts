import assert from "node:assert/strict";
import { test } from "node:test";
import { type Likeness, mismatch } from "../../src/tune/likeness.js";

test("the mismatch is the largest difference, whichever way", () => {
  const of = (difference: number): Likeness => ({
    title: "",
    unit: "",
    real: 1,
    simulated: 1 + difference,
    difference,
  });
  assert.equal(mismatch([of(0.1), of(-0.3), of(0.2)]), 0.3);
});
