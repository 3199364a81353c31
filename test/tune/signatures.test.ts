import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { drawDensity } from "../../src/dataset/density.js";
import type { Frame } from "../../src/frames/frame.js";
import { histogram, powerSpectrum, spotProfile } from "../../src/tune/signatures.js";

const SIDE = 128;

function frameOf(value: (x: number, y: number) => number): Frame {
  const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => value(i % SIDE, Math.floor(i / SIDE)));
  return { width: SIDE, height: SIDE, pixels };
}

test("a histogram's shares are those counted by hand, ends included", () => {
  const frame = { width: 4, height: 1, pixels: Float32Array.of(-5, 0.5, 59.5, 99) };
  const { x, y } = histogram([frame], 0, 60);
  assert.equal(x.length, 60);
  assert.equal(x[0], 0.5);
  assert.deepEqual([y[0], y[59]], [0.5, 0.5]);
  assert.equal(
    y.reduce((sum, share) => sum + share, 0),
    1,
  );
});

test("white noise has the same power at all frequencies", () => {
  const random = new Random(3, "noise");
  const frames = Array.from({ length: 6 }, () => frameOf(() => 100 + 5 * random.normal()));
  const { x, y } = powerSpectrum(frames);
  assert.ok(x[0]! > 0 && x.at(-1)! < 0.5);
  // Beside the lowest, from which the mean is taken: a ring of n values of which 24 tiles are averaged is right within a few hundredths.
  for (const [i, power] of y.entries()) if (i > 2) assert.ok(Math.abs(power) < 0.1, `${x[i]}: ${power}`);
});

test("a wave's power lies at its frequency", () => {
  const random = new Random(4, "noise");
  const frame = frameOf((x) => Math.cos((2 * Math.PI * x) / 8) + 0.01 * random.normal());
  const { x, y } = powerSpectrum([frame]);
  assert.equal(x[y.indexOf(Math.max(...y))], 1 / 8);
});

test("the profile of a molecule is the curve that it was drawn by", () => {
  const map = new Float64Array(SIDE * SIDE);
  drawDensity(map, SIDE, { x: [40.5, 90.5], y: [30.5, 77.5] }, 1.5);
  const frame = frameOf((x, y) => 20 + 1_000 * map[y * SIDE + x]!);
  const spots = [
    { x: 40, y: 30 },
    { x: 90, y: 77 },
    // Too near to the edge to be taken.
    { x: 2, y: 2 },
  ];
  const { x, y } = spotProfile([{ frame, spots }]);
  const at = (distance: number) => y[x.indexOf(distance)]!;
  assert.equal(at(0), 1);
  const curve = (squaredDistance: number) => Math.exp(-0.5 * (squaredDistance / 1.5 ** 2));
  // What is drawn is integrated over pixels, which differs from the curve by less than a fiftieth here.
  assert.ok(Math.abs(at(1) - curve(1)) < 0.02, `${at(1)}`);
  // In the ring at 2 are four pixels at 2 and eight at √5.
  assert.ok(Math.abs(at(2) - (4 * curve(4) + 8 * curve(5)) / 12) < 0.02, `${at(2)}`);
});
