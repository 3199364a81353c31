import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf, sum } from "../../src/predict/counts.js";
import { oracleStacks } from "../support/oracle.js";

function maxLocalCount(map: Float32Array, width: number, height: number, pool: number): number {
  const counts = countsOf(map, width, height, pool);
  assert.ok(Math.abs(counts.count - sum(map)) < 1e-9);
  return counts.maxLocalCount;
}

test("the largest 2x2 square of a map summed by hand", () => {
  const map = new Float32Array([1, 0, 0, 2, 0, 3, 1, 0, 0, 1, 4, 0]);
  assert.equal(sum(map), 12);
  assert.equal(maxLocalCount(map, 4, 3, 2), 9);
  assert.equal(maxLocalCount(map, 4, 3, 1), 4);
  assert.equal(maxLocalCount(map, 4, 3, 3), 11);
});

test("negative maps have a largest square too", () => {
  assert.equal(maxLocalCount(new Float32Array([-1, -2, -3, -4]), 2, 2, 1), -1);
});

test("a map smaller than the square is taken whole", () => {
  assert.equal(maxLocalCount(new Float32Array([1, 2, 3, 4, 5, 6]), 3, 2, 7), 21);
  assert.equal(maxLocalCount(new Float32Array([1, 2, 3, 4, 5, 6]), 6, 1, 2), 11);
});

test("equals numpy's sliding windows on TensorFlow's maps", () => {
  for (const { width, height, frames, density, count, maxLocalCount: expected } of oracleStacks()) {
    for (let i = 0; i < frames; i++) {
      const map = density.subarray(i * width * height, (i + 1) * width * height);
      assert.ok(Math.abs(sum(map) - count[i]!) < 1e-9);
      assert.ok(Math.abs(maxLocalCount(map, width, height, 7) - expected["7"][i]!) < 1e-9);
      assert.ok(Math.abs(maxLocalCount(map, width, height, 5) - expected["5"][i]!) < 1e-9);
    }
  }
});

test("agrees with a sum of every square on random maps of odd shapes", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.3;
  };
  for (const [width, height, pool] of [
    [9, 5, 3],
    [5, 9, 4],
    [17, 16, 7],
    [8, 8, 8],
  ] as const) {
    const map = Float32Array.from({ length: width * height }, random);
    let expected = Number.NEGATIVE_INFINITY;
    for (let y = 0; y + pool <= height; y++)
      for (let x = 0; x + pool <= width; x++) {
        let sum = 0;
        for (let j = 0; j < pool; j++) for (let i = 0; i < pool; i++) sum += map[(y + j) * width + x + i]!;
        expected = Math.max(expected, sum);
      }
    assert.ok(Math.abs(maxLocalCount(map, width, height, pool) - expected) < 1e-12);
  }
});
