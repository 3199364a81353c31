import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { fillDropout } from "../../src/train/dropout.js";

for (const rate of [0.5, 0.25, 0.3]) {
  test(`a rate of ${rate} drops that share of the values and keeps their mean`, () => {
    const count = 200_000;
    const factors = new Float32Array(count).fill(Number.NaN);
    fillDropout(factors, rate, new Random(1));
    const kept = Math.fround(1 / (1 - rate));
    assert.ok(factors.every((factor) => factor === 0 || factor === kept));
    const dropped = factors.filter((factor) => factor === 0).length / count;
    // Five standard errors of a share.
    assert.ok(Math.abs(dropped - rate) < 5 * Math.sqrt((rate * (1 - rate)) / count), `${dropped}`);
  });
}

test("neighbours are dropped independently", () => {
  const count = 200_000;
  const factors = new Float32Array(count);
  fillDropout(factors, 0.5, new Random(2));
  for (const distance of [1, 2, 31, 32, 33]) {
    let both = 0;
    for (let i = distance; i < count; i++) if (factors[i] === 0 && factors[i - distance] === 0) both++;
    assert.ok(Math.abs(both / count - 0.25) < 5 * Math.sqrt(0.1875 / count), `distance ${distance}`);
  }
});
