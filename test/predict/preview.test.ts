import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { previewOf } from "../../src/predict/preview.js";

test("a map that is small enough is its own preview", () => {
  const map = Float32Array.of(0.25, -0.5, 0.75, 0, 1, 0.5);
  assert.deepEqual(previewOf(map, 3, 2), { width: 3, height: 2, pixels: map, high: 1 });
});

test("a larger one is means of blocks, those at its edge over what there is", () => {
  // 257 pixels wide: blocks of 2 x 2, the last of one column, the lower ones of one row.
  const map = new Float32Array(257 * 3);
  map.set([1, 2], 0);
  map.set([3, 4], 257);
  map.set([5, 7], 2 * 257);
  map[256] = 6;
  map[257 + 256] = 8;
  map[3 * 257 - 1] = 9;
  const { width, height, pixels, high } = previewOf(map, 257, 3);
  assert.deepEqual([width, height, high], [129, 2, 9]);
  assert.deepEqual([pixels[0], pixels[128], pixels[129], pixels[257]], [2.5, 7, 6, 9]);
  assert.equal(pixels.filter((value) => value !== 0).length, 4);
});

test("blocks of whole size keep the sum of the map", () => {
  const random = new Random(2, "preview");
  const map = Float32Array.from({ length: 1024 * 512 }, () => random.below(8));
  const { width, height, pixels } = previewOf(map, 1024, 512);
  assert.deepEqual([width, height], [256, 128]);
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
  assert.equal(sum(pixels) * 16, sum(map));
});
