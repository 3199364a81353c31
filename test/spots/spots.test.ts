import assert from "node:assert/strict";
import { test } from "node:test";
import { median, robustDeviation } from "../../src/base/quantiles.js";
import { Random } from "../../src/base/random.js";
import { drawDensity } from "../../src/dataset/density.js";
import type { Frame } from "../../src/frames/frame.js";
import { poisson } from "../../src/simulate/random-variates.js";
import { findSpots } from "../../src/spots/find-spots.js";
import { fogOf, mapSums } from "../../src/spots/fog.js";
import { noiseGain } from "../../src/spots/gain.js";
import { INSERTED, insert, riseOf } from "../../src/spots/insertion.js";
import { fitMolecule, typicalMolecule } from "../../src/spots/molecule.js";

const SIDE = 64;
/** Three spots: two that are alone, in pixels (20, 15) and (40, 50), and one near the edge. */
const PLACES = { x: [20.5, 40.5, 60.5], y: [15.5, 50.5, 30.5] };

/** A frame of `level` ± 3 with molecules of 1,500 each. */
function frameWith({ x, y }: { x: number[]; y: number[] }, level: number, seed = 7): Frame {
  const map = new Float64Array(SIDE * SIDE);
  drawDensity(map, SIDE, { x, y }, 1.2);
  const random = new Random(seed, "frame");
  const pixels = Uint16Array.from(map, (value) => Math.round(level + 3 * random.normal() + 1_500 * value));
  return { width: SIDE, height: SIDE, pixels };
}

function within(found: number, low: number, high: number): void {
  assert.ok(found >= low && found <= high, `${found} is not in ${low} to ${high}`);
}

test("median and robust deviation of a few numbers are those by hand", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  // Distances from 3: 2, 1, 0, 1, 97.
  assert.equal(robustDeviation([1, 2, 3, 4, 100]), 1.4826);
});

test("spots are found where molecules are, and nowhere else", () => {
  assert.deepEqual(findSpots(frameWith(PLACES, 100)), [
    { x: 20, y: 15 },
    { x: 60, y: 30 },
    { x: 40, y: 50 },
  ]);
  assert.deepEqual(findSpots(frameWith({ x: [], y: [] }, 100)), []);
  assert.deepEqual(findSpots({ width: 9, height: 9, pixels: new Uint16Array(81).fill(7) }), []);
});

test("fog is what a map holds more than 5 pixels from every spot", () => {
  const map = new Float32Array(SIDE * SIDE);
  const put = (x: number, y: number, value: number) => {
    map[y * SIDE + x] = value;
  };
  put(20, 15, 1);
  put(25, 15, 0.5);
  put(23, 19, 0.25);
  // 6 to the right, and 4 and 4 away: √32 > 5.
  put(26, 15, 0.125);
  put(24, 19, 0.125);
  assert.deepEqual(mapSums(map, SIDE, [{ x: 20, y: 15 }]), { away: 0.25, all: 2 });
  // A spot at the edge does not reach around it.
  assert.deepEqual(mapSums(map, SIDE, [{ x: 63, y: 14 }]), { away: 2, all: 2 });
  assert.equal(fogOf([map, map], SIDE, [[{ x: 20, y: 15 }], [{ x: 63, y: 14 }]]), 2.25 / 4);
});

test("a molecule's width and light are found again", () => {
  const found = fitMolecule(frameWith({ x: [20.8], y: [15.3] }, 100), { x: 20, y: 15 })!;
  within(found.sigma, 1.1, 1.3);
  within(found.light, 1_400, 1_600);
  const typical = typicalMolecule([frameWith(PLACES, 100), frameWith(PLACES, 120, 8)])!;
  within(typical.sigma, 1.1, 1.3);
  within(typical.light, 1_400, 1_600);
  assert.equal(typicalMolecule([frameWith({ x: [], y: [] }, 100)]), undefined);
});

test("the gain is what light adds to the variance", () => {
  const random = new Random(3, "gain");
  // From 20 to 200 photons, 4 counts each, over an offset.
  const pixels = Uint16Array.from(
    { length: 128 * 128 },
    (_, i) => 100 + 4 * poisson(random, 20 + (180 * (i % 128)) / 128),
  );
  within(noiseGain([{ width: 128, height: 128, pixels }]), 3.4, 4.6);
});

test("inserted molecules add their light, away from spots and edges", () => {
  const frame = frameWith(PLACES, 100);
  const inserted = insert(frame, findSpots(frame), { sigma: 1.2, light: 1_500 }, 2, new Random(5, "insert"));
  assert.equal(inserted.molecules, INSERTED);
  const total = ({ pixels }: Frame) => Array.from(pixels).reduce((sum, value) => sum + value, 0);
  const light = total(inserted.frame) - total(frame);
  // Its variance is gain times light: ± 2.5 of √(2 · 15000) = 173.
  within(light, 14_560, 15_440);
  const known = new Set(findSpots(frame).map(({ x, y }) => `${x} ${y}`));
  const fresh = findSpots(inserted.frame).filter(({ x, y }) => !known.has(`${x} ${y}`));
  assert.equal(fresh.length, INSERTED);
  for (const { x, y } of fresh) {
    assert.ok([x, SIDE - x, y, SIDE - y].every((distance) => distance >= 7));
    for (const [i, spot] of PLACES.x.entries()) assert.ok(Math.hypot(x - spot, y - PLACES.y[i]!) >= 7);
  }
  const again = insert(frame, findSpots(frame), { sigma: 1.2, light: 1_500 }, 2, new Random(5, "insert"));
  assert.deepEqual(again.frame.pixels, inserted.frame.pixels);
});

test("a rise is the mean over insertions, its deviation theirs", () => {
  assert.deepEqual(riseOf([0.9, 1.1]).mean, 1);
  within(riseOf([0.9, 1.1]).deviation, 0.0999999, 0.1000001);
});
