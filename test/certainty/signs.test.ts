import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { awayShare } from "../../src/certainty/away.js";
import { clearSpotsOf } from "../../src/certainty/clear-spots.js";
import { cutOffOf } from "../../src/certainty/cut-off.js";
import { frameSigns, SIGNS, type Sign } from "../../src/certainty/frame-signs.js";
import { grainOf } from "../../src/certainty/grain.js";
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

/** A frame whose pixels are these of another one. */
function made(
  from: SignedFrame,
  pixel: (x: number, y: number, at: (x: number, y: number) => number) => number,
) {
  const at = (x: number, y: number) => from.pixels[Math.min(SIDE - 1, y) * SIDE + Math.min(SIDE - 1, x)]!;
  const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    pixel(i % SIDE, Math.floor(i / SIDE), at),
  );
  return signed(pixels, from.density);
}

/** The mean of a pixel and the three next to it, to the right and below. */
function averaged(frame: SignedFrame): SignedFrame {
  return made(frame, (x, y, at) => (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4);
}

test("neighbours of a camera's frame know nothing of each other; those of an averaged one do", () => {
  const frame = scene([]);
  const [white, mean] = [grainOf(frame), grainOf(averaged(frame))];
  // Neighbouring squares share two of four pixels, with the opposite sign: -1/2 along each axis.
  assert.ok(Math.abs(white.linked + 1) < 0.15, `${white.linked}`);
  assert.ok(Math.abs(white.coarse2) < 0.2 && white.parity < 0.5, `${white.coarse2}, ${white.parity}`);
  // A mean over 2×2 makes squares of four pixels two apart, which share none with the next square.
  assert.ok(Math.abs(mean.linked) < 0.25, `${mean.linked}`);
  // Squares of 2 pixels then have four times the variance of neighbours.
  assert.ok(Math.abs(mean.coarse2 - Math.log(4)) < 0.3, `${mean.coarse2}`);
});

test("between spots, a part of a frame tells an averaged one too", () => {
  const frame = scene(GRID);
  assert.ok(grainOf(averaged(frame)).linkedPart - grainOf(frame).linkedPart > 0.5);
});

test("a frame enlarged to twice its size has equal squares side by side; copied pixels, none at even places", () => {
  const frame = scene([]);
  const twice = made(frame, (x, y, at) => {
    const [left, top, right, bottom] = [x >> 1, y >> 1, (x + 1) >> 1, (y + 1) >> 1];
    return (at(left, top) + at(right, top) + at(left, bottom) + at(right, bottom)) / 4;
  });
  // Along each axis, half of the squares have the same one beside them, and half one of -1/2.
  assert.ok(Math.abs(grainOf(twice).linked - 0.5) < 0.2, `${grainOf(twice).linked}`);
  const copied = made(frame, (x, y, at) => at(x >> 1, y >> 1));
  // Squares of four copies are 0.
  assert.ok(grainOf(copied).parity > 5);
});

test("equal neighbours are those of whole numbers with this much noise, and more after a median", () => {
  const whole = (frame: SignedFrame) => made(frame, (x, y, at) => Math.round(at(x, y)));
  const frame = whole(scene([]));
  assert.ok(Math.abs(grainOf(frame).ties) < 0.4, `${grainOf(frame).ties}`);
  const median = made(frame, (x, y, at) => {
    const nine = [0, 1, 2].flatMap((dy) => [0, 1, 2].map((dx) => at(x + dx, y + dy)));
    return nine.sort((a, b) => a - b)[4]!;
  });
  assert.ok(grainOf(median).linked > -0.7 && grainOf(median).linkedPart > grainOf(frame).linkedPart + 0.2);
});

test("pixels that are cut off are counted, side by side", () => {
  const pixels = new Float32Array(SIDE * SIDE).fill(10);
  for (const i of [70, 71, 72, 300]) pixels[i] = 50;
  pixels[500] = 45;
  const frame = signed(pixels, new Float32Array(SIDE * SIDE));
  assert.deepEqual(cutOffOf(frame, 2), { brightest: 4, adjacent: 2, shoulder: 1 });
});

test("clear spots are found without a map, with their widths and shapes", () => {
  const none = { mapped: [] };
  const spotsOf = (frame: SignedFrame) => clearSpotsOf(frame, groundOf(frame));
  const round = spotsOf(scene(GRID, none));
  assert.equal(round.found, GRID.length);
  assert.ok(Math.abs(Math.exp(round.width) / 1.3 - 1) < 0.15, `${Math.exp(round.width)}`);
  assert.ok(round.long < 0.1 && round.lens < 0.05);
  const wide = spotsOf(scene(GRID, { ...none, alongX: 3, light: 20_000 }));
  assert.ok(wide.narrow > round.narrow + 0.4 && wide.narrowExtent > round.narrowExtent + 0.3);
});

test("spots that are long along one axis or the other tell a lens; along one axis only, another thing", () => {
  const spotsOf = (frame: SignedFrame) => clearSpotsOf(frame, groundOf(frame));
  const long = { alongX: 1.9, alongY: 1.2, mapped: [] };
  const across = { alongX: 1.2, alongY: 1.9, mapped: [] };
  const half = scene(GRID.slice(0, 8), { ...long, noise: 0.5 });
  const other = scene(GRID.slice(8), { ...across, noise: 0.5 });
  const both = signed(
    Float32Array.from(half.pixels, (value, i) => value + other.pixels[i]! - 100),
    half.density,
  );
  assert.ok(spotsOf(both).lens > 0.25 && spotsOf(both).axes > 0.9 && spotsOf(both).aligned < 0.1);
  const one = spotsOf(scene(GRID, { ...long, noise: 0.5 }));
  assert.ok(one.lens < 0.1 && one.aligned > 0.25);
});

test("pairs of lobes show as many distances alike", () => {
  const random = new Random(5, "lobes");
  const [alone, lobes]: [Place[], Place[]] = [[], []];
  for (const { x, y } of GRID) {
    const angle = random.uniform(0, Math.PI);
    const [dx, dy] = [3.5 * Math.cos(angle), 3.5 * Math.sin(angle)];
    lobes.push({ x: x + dx, y: y + dy }, { x: x - dx, y: y - dy });
    alone.push({ x: x + random.uniform(-5, 5), y: y + random.uniform(-5, 5) });
  }
  const of = (spots: readonly Place[]) => {
    const frame = scene(spots, { mapped: [] });
    return clearSpotsOf(frame, groundOf(frame));
  };
  const paired = of(lobes);
  assert.ok(paired.pairs > of(alone).pairs + 1.5, `${paired.pairs}, ${of(alone).pairs}`);
  assert.ok(Math.abs(paired.apart - 7) <= 1 && paired.partnered > 0.7);
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
