import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform());

test("the same seed and path give the same numbers, any other different ones", () => {
  const numbers = draw(new Random(42, "augment", 3), 20);
  assert.deepEqual(draw(new Random(42, "augment", 3), 20), numbers);
  for (const other of [
    new Random(43, "augment", 3),
    new Random(42, "augment", 4),
    new Random(42, "dropout", 3),
  ]) {
    assert.notDeepEqual(draw(other, 20), numbers);
  }
});

test("uniform, normal and whole numbers have the moments of their distributions", () => {
  const count = 100_000;
  const random = new Random(1);
  const moments = (next: () => number) => {
    const values = Array.from({ length: count }, next);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
  };
  // Five standard errors of each estimate.
  const near = (found: number, expected: number, error: number) =>
    assert.ok(Math.abs(found - expected) < 5 * error, `${found} instead of ${expected}`);
  const uniform = moments(() => random.uniform(-1, 3));
  near(uniform.mean, 1, Math.sqrt(16 / 12 / count));
  near(uniform.variance, 16 / 12, Math.sqrt(256 / 180 / count));
  const normal = moments(() => random.normal());
  near(normal.mean, 0, 1 / Math.sqrt(count));
  near(normal.variance, 1, Math.sqrt(2 / count));
  const die = moments(() => random.below(6));
  near(die.mean, 2.5, Math.sqrt(35 / 12 / count));
});

test("a permutation holds each number once, and every order is as likely", () => {
  const random = new Random(5);
  assert.deepEqual(
    [...random.permutation(1000)].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.permutation(3).join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  assert.equal(seen.size, 6);
  const chiSquared = [...seen.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  // The 99.99th percentile with 5 degrees of freedom.
  assert.ok(chiSquared < 25.7, `${chiSquared}`);
});
