import assert from "node:assert/strict";
import { test } from "node:test";
import { prepare, reflect } from "../../src/predict/prepare.js";

test("pads as numpy.pad(mode='reflect') does", () => {
  // numpy.pad([0, 1, 2, 3, 4], (0, 3), 'reflect') and numpy.pad([0, 1], (0, 4), 'reflect')
  assert.deepEqual(
    [5, 6, 7].map((i) => reflect(i, 5)),
    [3, 2, 1],
  );
  assert.deepEqual(
    [2, 3, 4, 5].map((i) => reflect(i, 2)),
    [0, 1, 0, 1],
  );
  assert.equal(reflect(3, 1), 0);
});

test("normalises a frame by its own range and reflects it to multiples of 4", () => {
  const pixels = new Uint16Array([10, 20, 30, 10, 10, 50]);
  const { values, paddedWidth, paddedHeight, constant } = prepare(
    { width: 3, height: 2, count: 1, pixels },
    4,
  );
  assert.deepEqual([paddedWidth, paddedHeight, constant], [4, 4, [false]]);
  const first = [0, 0.25, 0.5, 0.25];
  const second = [0, 0, 1, 0];
  assert.deepEqual([...values], [...first, ...second, ...first, ...second]);
});

test("each frame of a batch has a range of its own, and a constant one is zeros", () => {
  const pixels = new Float32Array([-1, 1, 0, 0, 7, 7, 7, 7, 0, 2, 4, 1]);
  const { values, constant } = prepare({ width: 2, height: 2, count: 3, pixels }, 2);
  assert.deepEqual(constant, [false, true, false]);
  assert.deepEqual([...values], [0, 1, 0.5, 0.5, 0, 0, 0, 0, 0, 0.5, 1, 0.25]);
});

test("a pixel that is no number is named by its place", () => {
  const pixels = new Float32Array(12);
  pixels[7] = Number.NaN;
  assert.throws(() => prepare({ width: 4, height: 3, count: 1, pixels }, 4), {
    code: "INPUT_PIXEL_VALUE",
    message: /pixel x 3, y 1: expected a finite number, found NaN/,
  });
  pixels[7] = Number.POSITIVE_INFINITY;
  assert.throws(() => prepare({ width: 4, height: 3, count: 1, pixels }, 4), { code: "INPUT_PIXEL_VALUE" });
});

test("empty, oversized and wrongly filled frames are refused", () => {
  const pixels = new Uint8Array(4);
  for (const [width, height] of [
    [0, 4],
    [4, 0],
    [70_000, 1],
    [2.5, 2],
    [65_536, 65_536],
    [3, 3],
  ] as const) {
    assert.throws(() => prepare({ width, height, count: 1, pixels }, 4), { code: "INPUT_SIZE" });
  }
});
