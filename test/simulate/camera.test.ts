import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { cameraOf, pixelMaps } from "../../src/simulate/camera.js";
import { checkedSettings, type SimulationSettings } from "../../src/simulate/settings.js";
import { assertNear, moments } from "../support/simulation.js";

const PIXELS = 200_000;

function exposed(changes: Partial<SimulationSettings>, photons: number): Uint16Array {
  const settings = checkedSettings(changes);
  const counts = new Uint16Array(PIXELS);
  cameraOf(settings, PIXELS, 1, 9).expose(
    new Float32Array(PIXELS).fill(photons),
    new Random(1, photons),
    counts,
  );
  return counts;
}

const EVEN = { readNoiseSpread: 0, gainSpread: 0, offsetSpread: 0, darkElectrons: 0 } as const;

test("counts of an even sCMOS have Poisson's and the read noise's variance, and the offset", () => {
  const camera = {
    ...EVEN,
    camera: "scmos",
    quantumEfficiency: 0.8,
    electronsPerCount: 0.5,
    readNoise: 1.5,
    offset: 100,
  } as const;
  for (const photons of [0, 3, 50, 2_000]) {
    const { mean, variance } = moments(exposed(camera, photons));
    const electrons = 0.8 * photons;
    const expected = (electrons + 1.5 ** 2) / 0.5 ** 2 + 1 / 12;
    assertNear(mean, 100 + electrons / 0.5, Math.sqrt(expected / PIXELS), `mean at ${photons}`);
    assertNear(variance, expected, expected * Math.sqrt(3 / PIXELS), `variance at ${photons}`);
  }
});

test("an EMCCD's register doubles the variance of light", () => {
  const camera = {
    camera: "emccd",
    quantumEfficiency: 0.9,
    emGain: 50,
    electronsPerCount: 5,
    readNoise: 40,
    offset: 200,
    darkElectrons: 0,
    fullWell: 1e6,
  } as const;
  for (const photons of [0, 0.5, 5, 100]) {
    const { mean, variance } = moments(exposed(camera, photons));
    const electrons = 0.9 * photons;
    const expected = (2 * electrons * 50 ** 2 + 40 ** 2) / 5 ** 2 + 1 / 12;
    assertNear(mean, 200 + (50 * electrons) / 5, Math.sqrt(expected / PIXELS), `mean at ${photons}`);
    // Few photons have a long tail: the estimate of their variance varies more.
    assertNear(
      variance,
      expected,
      expected * Math.sqrt((3 + 12 / Math.max(0.3, electrons)) / PIXELS),
      `variance at ${photons}`,
    );
  }
});

test("dark electrons come without light and are multiplied too", () => {
  const camera = {
    camera: "emccd",
    emGain: 100,
    electronsPerCount: 10,
    readNoise: 0,
    offset: 100,
    darkElectrons: 0.05,
    fullWell: 1e6,
  } as const;
  const { mean } = moments(exposed(camera, 0));
  assertNear(mean, 100 + (0.05 * 100) / 10, Math.sqrt((2 * 0.05 * 100) / PIXELS));
});

test("pixels of an sCMOS differ in offset, gain and read noise, the same way each time", () => {
  const settings = checkedSettings({
    offset: 120,
    offsetSpread: 3,
    gainSpread: 0.05,
    electronsPerCount: 0.5,
    readNoise: 1.2,
    readNoiseSpread: 0.4,
  });
  const maps = pixelMaps(settings, PIXELS, 4);
  assert.deepEqual(pixelMaps(settings, PIXELS, 4), maps);
  const offset = moments(maps.offset);
  assertNear(offset.mean, 120, 3 / Math.sqrt(PIXELS));
  assertNear(Math.sqrt(offset.variance), 3, 3 / Math.sqrt(2 * PIXELS));
  const gain = moments(maps.gain);
  assertNear(gain.mean, 2, 0.1 / Math.sqrt(PIXELS));
  assertNear(Math.sqrt(gain.variance), 0.1, 0.1 / Math.sqrt(2 * PIXELS));
  const logarithm = moments(maps.readNoise.map((value) => Math.log(value * 0.5)));
  assertNear(logarithm.mean, Math.log(1.2), 0.4 / Math.sqrt(PIXELS));
  assertNear(Math.sqrt(logarithm.variance), 0.4, 0.4 / Math.sqrt(2 * PIXELS));
});

test("each pixel's counts over many frames have that pixel's offset, gain and noise", () => {
  const settings = checkedSettings({
    offsetSpread: 5,
    gainSpread: 0.1,
    readNoise: 2,
    readNoiseSpread: 0.5,
    darkElectrons: 0,
  });
  const [pixels, frames, photons] = [20, 20_000, 30];
  const camera = cameraOf(settings, pixels, 1, 2);
  const maps = pixelMaps(settings, pixels, 2);
  const light = new Float32Array(pixels).fill(photons);
  const random = new Random(3);
  const seen = Array.from({ length: pixels }, () => new Float64Array(frames));
  const counts = new Uint16Array(pixels);
  for (let frame = 0; frame < frames; frame++) {
    camera.expose(light, random, counts);
    for (let i = 0; i < pixels; i++) seen[i]![frame] = counts[i]!;
  }
  const electrons = settings.quantumEfficiency * photons;
  for (let i = 0; i < pixels; i++) {
    const { mean, variance } = moments(seen[i]!);
    const expected = maps.gain[i]! ** 2 * electrons + maps.readNoise[i]! ** 2 + 1 / 12;
    assertNear(
      mean,
      maps.offset[i]! + maps.gain[i]! * electrons,
      Math.sqrt(expected / frames),
      `mean of pixel ${i}`,
    );
    assertNear(variance, expected, expected * Math.sqrt(2.2 / frames), `variance of pixel ${i}`);
  }
});

test("counts end at the converter's largest, at what a pixel holds, and at 0", () => {
  assert.ok(exposed({ bits: 12 }, 1e6).every((count) => count === 4_095));
  assert.ok(
    exposed({ bits: 16, fullWell: 1e6, electronsPerCount: 0.1 }, 1e6).every((count) => count === 65_535),
  );
  const full = moments(
    exposed({ ...EVEN, fullWell: 1_000, readNoise: 0, electronsPerCount: 1, offset: 10 }, 1e5),
  );
  assert.deepEqual([full.mean, full.variance], [1_010, 0]);
  const dark = exposed({ ...EVEN, offset: 0, readNoise: 5, electronsPerCount: 1 }, 0);
  const zeros = dark.filter((count) => count === 0).length / PIXELS;
  // Below half a count: the share of a normal distribution below 0.1 standard deviations.
  assertNear(zeros, 0.5398, Math.sqrt(0.25 / PIXELS));
});
