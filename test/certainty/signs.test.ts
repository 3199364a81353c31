import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { awayShare } from "../../src/certainty/away.js";
import { frameSigns, SIGNS, type Sign } from "../../src/certainty/frame-signs.js";
import { groundOf } from "../../src/certainty/ground.js";
import { mapPeaks } from "../../src/certainty/map-peaks.js";
import type { SignedFrame } from "../../src/certainty/signed-frame.js";
import { isWhole, spotImage } from "../../src/certainty/spot-image.js";

const SIDE = 64;

/** A normal curve of this volume and standard deviations, read at pixel centres. */
function addCurve(
  target: Float32Array,
  {
    x,
    y,
    volume,
    alongX,
    alongY = alongX,
  }: { x: number; y: number; volume: number; alongX: number; alongY?: number },
): void {
  for (let i = 0; i < target.length; i++) {
    const [dx, dy] = [(i % SIDE) - x, Math.floor(i / SIDE) - y];
    const height = volume / (2 * Math.PI * alongX * alongY);
    target[i] = target[i]! + height * Math.exp(-0.5 * ((dx / alongX) ** 2 + (dy / alongY) ** 2));
  }
}

interface Place {
  x: number;
  y: number;
}

/** A frame of spots on a noisy ground, and the ideal map of all or some of them. */
function scene(
  spots: readonly Place[],
  {
    noise = 2,
    light = 3_000,
    alongX = 1.3,
    alongY = alongX,
    mapped = spots,
  }: { noise?: number; light?: number; alongX?: number; alongY?: number; mapped?: readonly Place[] } = {},
): SignedFrame {
  const random = new Random(1, "scene");
  const pixels = Float32Array.from({ length: SIDE * SIDE }, () => 100 + noise * random.normal());
  const density = new Float32Array(SIDE * SIDE);
  for (const place of spots) addCurve(pixels, { ...place, volume: light, alongX, alongY });
  for (const place of mapped) addCurve(density, { ...place, volume: 1, alongX: 1 });
  return signed(pixels, density);
}

function signed(pixels: Float32Array, density: Float32Array): SignedFrame {
  return {
    ...{ pixels, density, width: SIDE, height: SIDE },
    least: pixels.reduce((least, value) => Math.min(least, value)),
    most: pixels.reduce((most, value) => Math.max(most, value)),
    count: density.reduce((sum, value) => sum + value, 0),
    maxLocalCount: 1,
  };
}

const GRID = [12, 26, 40, 54].flatMap((x) => [12, 26, 40, 54].map((y) => ({ x, y })));

function signOf(frame: SignedFrame, name: Sign): number {
  return frameSigns(frame).values[SIGNS.indexOf(name)]!;
}

test("noise is measured whatever its size, beside spots too", () => {
  for (const noise of [1, 5, 20]) {
    // Of some hundred pixels, a standard deviation comes out within a tenth; the dark ones differ a little less than all.
    const found = groundOf(scene(GRID, { noise })).noise;
    assert.ok(Math.abs(found / noise - 1) < 0.25, `${found} instead of ${noise}`);
  }
});

test("smoothing shows in how far neighbours differ", () => {
  const frame = scene([]);
  const smooth = frame.pixels.map((_, i) => {
    const at = (dx: number) => frame.pixels[Math.min(SIDE * SIDE - 1, i + dx)]!;
    return (at(0) + at(1) + at(SIDE) + at(SIDE + 1)) / 4;
  }) as Float32Array;
  // White noise differs as much at any distance. A mean of 2×2 pixels has a quarter of the variance, and neighbours' differences half of what distant ones have.
  assert.ok(Math.abs(signOf(frame, "white5")) < 0.25);
  assert.ok(signOf(signed(smooth, frame.density), "white5") > 0.4);
});

test("a map's peaks are its molecules, with a molecule's sum each", () => {
  const { peaks, faint } = mapPeaks(scene(GRID));
  assert.deepEqual(peaks.map(({ x, y }) => `${x},${y}`).sort(), GRID.map(({ x, y }) => `${x},${y}`).sort());
  // Within 3.5 standard deviations along both axes.
  for (const { mass } of peaks) assert.ok(Math.abs(mass - 1) < 0.005, `${mass}`);
  assert.ok(faint >= 0 && faint < GRID.length / 2);
});

test("a spot's width and its longer axis are those it was drawn with", () => {
  for (const [alongX, alongY] of [
    [1.3, 1.3],
    [1.8, 1.2],
    [1.1, 1.7],
  ] as const) {
    const frame = scene([{ x: 32, y: 32 }], { noise: 0.5, light: 20_000, alongX, alongY });
    const [peak] = mapPeaks(frame).peaks;
    const image = spotImage(frame, peak!, groundOf(frame))!;
    const mean = (alongX ** 2 + alongY ** 2) / 2;
    assert.ok(Math.abs(Math.exp(image.width) / Math.sqrt(mean) - 1) < 0.12, `${Math.exp(image.width)}`);
    const longer = Math.abs(image.along) < 0.05 ? 0 : Math.sign(image.along);
    assert.equal(longer, Math.sign(alongX - alongY));
  }
});

test("pairs at one distance are told from spots that lie anywhere", () => {
  const random = new Random(3, "places");
  const anywhere = Array.from({ length: 30 }, () => ({ x: 8 + random.below(48), y: 8 + random.below(48) }));
  const pairs = GRID.flatMap(({ x, y }) => [
    { x: x - 3, y },
    { x: x + 3, y },
  ]);
  assert.equal(signOf(scene(pairs), "alike"), 1);
  assert.equal(signOf(scene(pairs), "mutual"), 1);
  assert.ok(signOf(scene(anywhere), "alike") < 0.7);
});

test("what a map holds away from the frame's spots is away", () => {
  // A quarter of what is mapped has no spot in the frame.
  const spots = GRID.slice(0, 12);
  const frame = scene(spots, { mapped: GRID });
  assert.ok(Math.abs(awayShare(frame, mapPeaks(frame), groundOf(frame)) - 0.25) < 0.01);
  const none = scene([], { mapped: [] });
  assert.equal(awayShare(none, mapPeaks(none), groundOf(none)), 0);
});

test("pixels that are cut off show", () => {
  const frame = scene(GRID);
  const level = 100 + (frame.most - 100) / 2;
  const cut = signed(
    Float32Array.from(frame.pixels, (value) => Math.min(value, level)),
    frame.density,
  );
  assert.equal(signOf(frame, "clipped"), 0);
  assert.ok(signOf(cut, "clipped") > 0.9);
});

test("any frame has signs that are numbers: tiny, empty, full, flat, odd-sized", () => {
  for (const [width, height] of [
    [1, 1],
    [3, 200],
    [8, 8],
    [13, 9],
    [64, 5],
  ] as const) {
    for (const fill of [0, 1]) {
      const pixels = Float32Array.from({ length: width * height }, (_, i) => fill * ((i * 37) % 11));
      const density = Float32Array.from({ length: width * height }, (_, i) => fill * ((i * 13) % 7) * 0.05);
      const frame = { ...signed(pixels, density), width, height };
      for (const value of frameSigns(frame).values) assert.ok(Number.isFinite(value), `${width}x${height}`);
      const [peak] = mapPeaks(frame).peaks;
      if (peak) assert.equal(typeof isWhole(peak, frame), "boolean");
    }
  }
});
