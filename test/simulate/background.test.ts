import assert from "node:assert/strict";
import { test } from "node:test";
import { backgroundFactor, backgroundMap } from "../../src/simulate/background.js";
import { driftPath } from "../../src/simulate/drift.js";
import { SIMULATION_DEFAULTS, type SimulationSettings } from "../../src/simulate/settings.js";
import { assertNear, moments } from "../support/simulation.js";

const settings = (changes: Partial<SimulationSettings>) => ({
  ...SIMULATION_DEFAULTS,
  width: 60,
  height: 40,
  ...changes,
});

test("an even background is the same everywhere", () => {
  assert.ok(backgroundMap(settings({ background: 12 }), 1).every((value) => value === 12));
});

test("an uneven background has its mean, its range, one brightest place, and is smooth", () => {
  const [width, height] = [60, 40];
  const map = backgroundMap(settings({ background: 20, unevenness: 0.7 }), 5);
  const { mean } = moments(map);
  assert.ok(Math.abs(mean - 20) < 1e-3);
  const [least, most] = [Math.min(...map), Math.max(...map)];
  assert.ok(Math.abs(least / most - 0.3) < 1e-4);
  let peaks = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const neighbours = [map[at - 1]!, map[at + 1]!, map[at - width]!, map[at + width]!];
      if (map[at]! > Math.max(...neighbours)) peaks++;
      for (const value of neighbours) assert.ok(Math.abs(value - map[at]!) < 0.05 * most);
    }
  }
  assert.equal(peaks, 1);
});

test("a background that drifts goes from 1 to 1 and the change in a straight line", () => {
  const fading = { frames: 101, backgroundDrift: -0.4 };
  assert.deepEqual(
    [0, 50, 100].map((index) => backgroundFactor(fading, index)),
    [1, 0.8, 0.6],
  );
  assert.equal(backgroundFactor({ frames: 1, backgroundDrift: -0.4 }, 0), 1);
});

test("cells add light, about as much as asked for at their middle, and nothing far away", () => {
  const without = backgroundMap(settings({ background: 5, width: 300, height: 300 }), 8);
  const withCell = backgroundMap(
    settings({ background: 5, width: 300, height: 300, autofluorescence: 40, cells: 1, cellSize: 6 }),
    8,
  );
  const added = withCell.map((value, i) => value - without[i]!);
  assert.ok(Math.min(...added) >= 0);
  const most = Math.max(...added);
  assert.ok(most > 25 && most < 41, `${most} photons`);
  const lit = added.filter((value) => value > most / 2).length;
  // A circle of 6 µm has 2827 pixels of 100 nm; texture and the frame's side take some away.
  assert.ok(lit > 700 && lit < 3_500, `${lit} pixels`);
  assert.ok(added.filter((value) => value === 0).length > 50_000);
});

test("a steady drift has its speed, in one direction", () => {
  const { x, y } = driftPath(settings({ frames: 601, exposure: 0.1, pixelSize: 100, drift: 300 }), 3);
  assert.deepEqual([x[0], y[0]], [0, 0]);
  assert.ok(Math.abs(Math.hypot(x[600]!, y[600]!) - 3) < 1e-9, "300 nm in a minute");
  assert.ok(Math.abs(x[300]! * y[600]! - y[300]! * x[600]!) < 1e-9);
});

test("a random walk spreads with the square root of time, along each axis", () => {
  const ends = Array.from({ length: 2_000 }, (_, seed) => {
    const { x, y } = driftPath(
      settings({ frames: 101, exposure: 0.04, pixelSize: 100, driftWalk: 50 }),
      seed,
    );
    return [x[100]!, y[100]!];
  });
  for (const axis of [0, 1]) {
    const { mean, variance } = moments(ends.map((end) => end[axis]!));
    // 50 nm/√s for 4 s are 100 nm, a pixel.
    assertNear(mean, 0, 1 / Math.sqrt(2_000));
    assertNear(variance, 1, Math.sqrt(2 / 2_000));
  }
});
