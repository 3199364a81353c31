import assert from "node:assert/strict";
import { test } from "node:test";
import type { PointSpread } from "../../src/simulate/optics.js";
import { pointSpreadOf } from "../../src/simulate/point-spread.js";
import { GaussianPointSpread } from "../../src/simulate/psf-gaussian.js";
import { besselJ0, DiffractionIntegral, pupilOf } from "../../src/simulate/pupil.js";
import { checkedSettings, type SimulationSettings } from "../../src/simulate/settings.js";
import { maxDifference } from "../support/oracle.js";
import { sum, THEORY } from "../support/simulation.js";

const { side, pixelSize, wavelength, na, nImmersion, x, y } = THEORY.image;
const optics = (changes: Partial<SimulationSettings>) =>
  checkedSettings({ pixelSize, wavelength, na, nImmersion, ...changes });

function draw(psf: PointSpread, size: number, atX: number, atY: number, z = 0, photons = 1): Float32Array {
  const image = new Float32Array(size * size);
  psf.add(image, size, size, atX, atY, z, photons);
  return image;
}

test("a Gaussian image is the normal distribution over pixels", () => {
  const { psfSigma, shares } = THEORY.gaussian;
  const image = draw(pointSpreadOf(optics({ psf: "gaussian", psfSigma })), side, x, y);
  assert.ok(maxDifference(image, shares) < 1e-5);
});

test("a Gaussian image has a standard deviation of 0.21 wavelengths over NA, and twice the area at the Rayleigh range", () => {
  const psf = new GaussianPointSpread(optics({ nSample: 1.33 }));
  const sigma = (0.21 * wavelength) / na;
  assert.ok(Math.abs(psf.sigmaAt(0) - sigma / pixelSize) < 1e-12);
  const range = (4 * Math.PI * 1.33 * sigma ** 2) / wavelength;
  assert.ok(Math.abs((psf.sigmaAt(-range) / psf.sigmaAt(0)) ** 2 - 2) < 1e-12);
});

test("all of a Gaussian's light is in a frame that is large enough, a quarter of it at the corner", () => {
  const psf = pointSpreadOf(optics({ psf: "gaussian" }));
  for (const z of [0, 500, -1_500]) {
    assert.ok(Math.abs(sum(draw(psf, 201, 100.3, 99.8, z, 1_000)) - 1_000) < 0.05, `at ${z} nm`);
    assert.ok(Math.abs(sum(draw(psf, 201, 0, 0, z, 1_000)) - 250) < 0.05, `at ${z} nm, in the corner`);
  }
});

test("Bessel's function is that of the tables", () => {
  for (const [at, value] of [
    [0, 1],
    [2.404825557695773, 0],
    [10, -0.2459357644513483],
    [100, 0.01998585030422312],
  ] as const) {
    assert.ok(Math.abs(besselJ0(at) - value) < 1e-13, `J0(${at})`);
  }
});

test("an Airy image in focus is the closed form over pixels", () => {
  const image = draw(pointSpreadOf(optics({ psf: "airy" })), side, x, y);
  const largest = Math.max(...THEORY.airy.shares);
  assert.ok(maxDifference(image, THEORY.airy.shares) < 0.005 * largest);
});

test("an Airy image is 0.51 wavelengths over NA wide, and holds the light that Rayleigh's formula says", () => {
  const step = 1;
  const profile = new DiffractionIntegral(pupilOf(optics({ psf: "airy" })), wavelength, step).profile(
    0,
    1_501,
  );
  const half = profile.findIndex((value) => value < profile[0]! / 2);
  assert.ok(Math.abs(2 * half - THEORY.airy.fullWidth) <= 2);
  assert.ok(Math.abs((2 * half * na) / wavelength - 0.51) < 0.01);
  for (const [radius, share] of Object.entries(THEORY.airy.encircled)) {
    let light = 0;
    for (let r = 0; r < Number(radius); r++)
      light += 2 * Math.PI * (r + 0.5) * ((profile[r]! + profile[r + 1]!) / 2);
    assert.ok(Math.abs(light - share) < 1e-4, `within ${radius} nm`);
  }
});

/** Compares radial intensities with scipy's. */
function assertIntensities(settings: SimulationSettings, expected: Record<string, number[]>): void {
  const step = 10;
  const integral = new DiffractionIntegral(pupilOf(settings), wavelength, step);
  for (const [z, values] of Object.entries(expected)) {
    const profile = integral.profile(Number(z), THEORY.radii.at(-1)! / step + 1);
    const found = THEORY.radii.map((radius) => profile[radius / step]!);
    assert.ok(
      maxDifference(found, values) < 3e-3 * Math.max(...values),
      `at ${z} nm: ${found}, not ${values}`,
    );
  }
}

test("images out of focus are what integration over the pupil gives", () => {
  assertIntensities(optics({ psf: "airy" }), THEORY.defocused);
});

test("images through layers of other refractive indices are what integration gives, focused by brightness", () => {
  assertIntensities(optics({ psf: "gibson-lanni", ...THEORY.layers.settings }), THEORY.layers.intensity);
});

test("where all indices match, Gibson and Lanni's image is Airy's", () => {
  const matched = { nSample: nImmersion, focusDepth: 3_000 };
  const layered = pointSpreadOf(optics({ psf: "gibson-lanni", ...matched }));
  const airy = pointSpreadOf(optics({ psf: "airy" }));
  for (const z of [0, 250]) {
    assert.ok(maxDifference(draw(layered, 41, 20.2, 20.6, z), draw(airy, 41, 20.2, 20.6, z)) < 1e-6);
  }
});

test("an image moves with its emitter, and is cut where the frame ends", () => {
  for (const psf of ["gaussian", "airy"] as const) {
    const spread = pointSpreadOf(optics({ psf }));
    const whole = draw(spread, 60, 30.27, 29.44, 120);
    const cut = new Float32Array(20 * 15);
    spread.add(cut, 20, 15, 30.27 - 25, 29.44 - 20, 120, 1);
    for (let i = 0; i < cut.length; i++) {
      const [column, row] = [i % 20, Math.floor(i / 20)];
      assert.ok(Math.abs(cut[i]! - whole[(row + 20) * 60 + column + 25]!) < 1e-7, `${psf}, pixel ${i}`);
    }
  }
});
