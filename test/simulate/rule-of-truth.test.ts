import assert from "node:assert/strict";
import { test } from "node:test";
import { peakShareOf, pointSpreadOf } from "../../src/simulate/point-spread.js";
import { countingRule, counts, matchedSnr } from "../../src/simulate/rule-of-truth.js";
import { checkedSettings } from "../../src/simulate/settings.js";
import { simulate } from "../../src/simulate/simulation.js";

const EVEN = { readNoiseSpread: 0, darkElectrons: 0, quantumEfficiency: 0.8, readNoise: 2 } as const;

test("signal over noise is QE p over the root of 4 pi sigma² V", () => {
  const settings = checkedSettings({ ...EVEN, electronsPerCount: 1e-6 });
  // V = 0.8 · 20 + 2² = 20 electrons², sigma = 1.2 pixels, 500 photons: 400 / √(18.0956 · 20) = 21.026.
  const area = 4 * Math.PI * 1.2 ** 2;
  assert.ok(Math.abs(matchedSnr(settings, 500, area, 20) - 21.026) < 0.001);
  // The register of an EMCCD doubles the variance of light, and divides the read noise: V = 2 · 0.8 · 20 + (2 / 100)².
  const emccd = checkedSettings({ ...EVEN, camera: "emccd", emGain: 100, electronsPerCount: 1e-6 });
  assert.ok(Math.abs(matchedSnr(emccd, 500, area, 20) - 400 / Math.sqrt(18.0956 * 32.0004)) < 0.001);
});

test("an emitter counts from a tenth of the light and a ratio of 8 on", () => {
  const rule = countingRule(1_000);
  assert.deepEqual(
    [
      [101, 8],
      [101, 7.99],
      [99, 50],
      [5_000, 3],
      [101, undefined],
    ].map(([photons, snr]) => counts(rule, photons!, snr)),
    [true, false, false, false, true],
  );
});

test("the noise area of a diffraction image is that of its own pixels, and of a Gaussian 4 pi sigma²", () => {
  for (const z of [0, 130, 400]) {
    const settings = checkedSettings({ psf: "airy", wavelength: 670, na: 1.3, pixelSize: 100 });
    const psf = pointSpreadOf(settings);
    const image = new Float32Array(61 * 61);
    psf.add(image, 61, 61, 30.5, 30.5, z, 1);
    const area = 1 / image.reduce((sum, share) => sum + share * share, 0);
    // Between planes areas are taken linearly, images too: their squares are not.
    assert.ok(
      Math.abs(psf.noiseArea(z) / area - 1) < 0.02,
      `${psf.noiseArea(z)} instead of ${area} at ${z} nm`,
    );
  }
  const wide = pointSpreadOf(checkedSettings({ psfSigma: 300, pixelSize: 100 }));
  assert.ok(Math.abs(wide.noiseArea(0) - 4 * Math.PI * 9) < 1e-9);
  // A wide image's peak is twice its light over that area.
  assert.ok(Math.abs(peakShareOf(wide) - 2 / wide.noiseArea(0)) < 0.01 * peakShareOf(wide));
});

test("a filter that matches the image finds emitters as clear as their ratio says", async () => {
  const settings = {
    ...{ frames: 400, width: 25, height: 25, pixelSize: 100, psfSigma: 130, background: 20, photons: 300 },
    structure: "positions" as const,
    ...{ molecules: 1, onTime: 1e6, offTime: 1e-6, brightnessSpread: 0 },
    ...{ readNoiseSpread: 0, gainSpread: 0, offsetSpread: 0, electronsPerCount: 0.1 },
  } as const;
  const filtered = async (photons: number, seed: number) => {
    const values: number[] = [];
    let snr = 0;
    const template = new Float32Array(625);
    pointSpreadOf(checkedSettings(settings)).add(template, 25, 25, 12.5, 12.5, 0, 1);
    for await (const { pixels, truth } of simulate({ ...settings, photons }, seed, {
      threads: 0,
      positions: [[12.5, 12.5, 0]],
    })) {
      snr = truth.snr[0]!;
      values.push(pixels.reduce((sum, value, i) => sum + value * template[i]!, 0));
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, deviation: Math.sqrt(variance), snr };
  };
  const [dark, lit] = [await filtered(1e-6, 1), await filtered(300, 2)];
  const found = (lit.mean - dark.mean) / dark.deviation;
  // 400 frames give the deviation within 3.5 %, twice.
  assert.ok(Math.abs(found / lit.snr - 1) < 0.08, `${found} found, ${lit.snr} said`);
});
