import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { brightnessOf } from "../../src/simulate/brightness.js";
import { peakShareOf, pointSpreadOf } from "../../src/simulate/point-spread.js";
import { PRESET_NAMES, PRESETS, settingsOf } from "../../src/simulate/presets.js";
import { TRUTH_MARGIN } from "../../src/simulate/scene.js";
import { checkedSettings, type SimulationSettings } from "../../src/simulate/settings.js";
import { type SimulatedFrame, type SimulationOptions, simulate } from "../../src/simulate/simulation.js";
import { collect } from "../support/collect.js";
import { assertNear, moments, sum } from "../support/simulation.js";

const frames = (
  settings: Partial<SimulationSettings>,
  seed = 1,
  options: SimulationOptions = { threads: 0 },
) => collect(simulate(settings, seed, options));

function fingerprint(all: SimulatedFrame[]): string {
  const hash = createHash("sha256");
  for (const { pixels, truth } of all)
    for (const column of [pixels, ...Object.values(truth)]) hash.update(column);
  return hash.digest("hex");
}

test("the same seed gives the same frames and truth on any number of threads, another seed others", async () => {
  for (const preset of ["uneven-background", "aberrated"] as const) {
    // More than two blocks, so that threads share the work.
    const settings = settingsOf(preset, { frames: 22, width: 256, height: 160, haze: 0.1, drift: 500 });
    const here = fingerprint(await frames(settings, 3));
    for (const threads of [1, 2, 3])
      assert.equal(fingerprint(await frames(settings, 3, { threads })), here, `${threads} threads`);
    assert.notEqual(fingerprint(await frames(settings, 4)), here);
  }
});

test("the light of the frames is the truth's brightness and background", async () => {
  const settings: Partial<SimulationSettings> = {
    ...{ frames: 300, width: 64, height: 64, density: 0, molecules: 40, background: 4, unevenness: 0.5 },
    ...{ readNoise: 0, readNoiseSpread: 0, offsetSpread: 0, gainSpread: 0, darkElectrons: 0 },
    ...{
      quantumEfficiency: 1,
      electronsPerCount: 1,
      offset: 100,
      structure: "clusters",
      structureDensity: 1e-9,
    },
  };
  // Seed of a cluster well within the frame, from which no light is lost.
  const all = await frames({ ...settings, structureSize: 100, offTime: 0.2 }, 5);
  const inside = all.every(({ truth }) =>
    truth.x.every((x, i) => x > 8 && x < 56 && truth.y[i]! > 8 && truth.y[i]! < 56),
  );
  assert.ok(inside);
  const counted = sum(all.map(({ pixels }) => sum(pixels) - 100 * pixels.length));
  const expected = sum(all.map(({ truth, pixels }) => sum(truth.brightness) + 4 * pixels.length));
  assertNear(counted, expected, Math.sqrt(expected));
});

test("as many emitters are on as the density says, within the frame and around it", async () => {
  const settings = {
    frames: 400,
    width: 96,
    height: 64,
    pixelSize: 160,
    density: 0.4,
    photons: 700,
    brightnessSpread: 0.5,
    exposure: 0.02,
  };
  const all = await frames(settings);
  const margin = 2 * TRUTH_MARGIN;
  const area = (96 + margin) * (64 + margin) * 0.16 ** 2;
  // At any moment: by the share of the frame for which each is on.
  const on = sum(all.map(({ truth }) => sum(truth.brightness) / 700)) / 400;
  assertNear(on, 0.4 * area, Math.sqrt((0.4 * area * 1.25 * 6) / 400), "on at any moment");
  const rows = sum(all.map(({ truth }) => truth.id.length)) / 400;
  // In a frame also those that come or go: on / onTime of them.
  assertNear(rows, 0.4 * area * (1 + 0.02 / 0.05), Math.sqrt((0.4 * area * 8) / 400), "in a frame");
  for (const { truth } of all) {
    assert.ok(truth.x.every((x) => x >= -TRUTH_MARGIN && x <= 96 + TRUTH_MARGIN));
    assert.ok(truth.background.every((value) => value === 10));
  }
});

test("the peak of an emitter in focus has the signal-to-noise ratio that is asked for", async () => {
  for (const preset of ["160nm-emccd", "100nm-scmos"] as const) {
    for (const snr of [2, 5, 20]) {
      const settings = settingsOf(preset, {
        ...{ frames: 3_000, width: 17, height: 17, snr, brightnessSpread: 0, structure: "positions" },
        ...{ onTime: 1e6, offTime: 1e-6, activation: "once", gainSpread: 0, offsetSpread: 0, blinks: 1e9 },
      });
      const all = await frames(settings, 2, { threads: 0, positions: [[8.5, 8.5, 0]] });
      const peak = moments(all.map(({ pixels }) => pixels[8 * 17 + 8]!));
      const dark = moments(all.map(({ pixels }) => pixels[0]!));
      const found = (peak.mean - dark.mean) / Math.sqrt(peak.variance);
      // The pixel's own read noise is not the mean of all: it matters at a low ratio.
      assert.ok(Math.abs(found / snr - 1) < 0.08, `${preset}: ${found} instead of ${snr}`);
    }
  }
});

test("photons and signal-to-noise ratio lead to one another", () => {
  for (const preset of PRESET_NAMES) {
    const settings = settingsOf(preset);
    const share = peakShareOf(pointSpreadOf(settings));
    const { photons, snr } = brightnessOf(settings, share);
    const back = brightnessOf({ ...settings, photons, snr: undefined }, share);
    assert.ok(Math.abs(back.snr / snr - 1) < 1e-9 && photons > 0, preset);
    const forth = brightnessOf({ ...settings, snr }, share);
    assert.ok(Math.abs(forth.photons / photons - 1) < 1e-9, preset);
  }
});

test("emitters move with the stage, and stand where the truth says", async () => {
  const settings: Partial<SimulationSettings> = {
    ...{
      frames: 50,
      width: 48,
      height: 48,
      photons: 20_000,
      background: 0,
      brightnessSpread: 0,
      structure: "positions",
    },
    ...{ onTime: 1e6, offTime: 1e-6, exposure: 1, drift: 600, readNoise: 0, offsetSpread: 0, gainSpread: 0 },
  };
  const all = await frames(settings, 6, { threads: 0, positions: [[24.3, 23.6, 0]] });
  for (const { pixels, truth } of all) {
    const light = Float64Array.from(pixels, (count) => count - 100);
    const total = sum(light);
    const x = sum(light.map((value, i) => value * ((i % 48) + 0.5))) / total;
    const y = sum(light.map((value, i) => value * (Math.floor(i / 48) + 0.5))) / total;
    assert.ok(Math.abs(x - truth.x[0]!) < 0.05 && Math.abs(y - truth.y[0]!) < 0.05, `${x}, ${y}`);
  }
  const [first, last] = [all[0]!.truth, all[49]!.truth];
  assert.deepEqual([first.x[0], first.y[0]], [24.3, 23.6]);
  // 49 s at 600 nm a minute.
  assert.ok(Math.abs(Math.hypot(last.x[0]! - 24.3, last.y[0]! - 23.6) - 4.9) < 1e-9);
});

test("haze is background, and truth where a molecule of it stands out", async () => {
  const settings = { frames: 20, width: 64, height: 64, molecules: 0, background: 5, photons: 3_000 };
  const clear = await frames(settings);
  const hazy = await frames({ ...settings, haze: 1 });
  assert.equal(sum(clear.map(({ truth }) => truth.id.length)), 0);
  for (const { truth } of hazy) {
    assert.ok(truth.id.length > 0 && truth.id.every((id) => id < 0));
    assert.ok(truth.z.every((z) => Math.abs(z) >= 800 && Math.abs(z) <= 3_000));
    // At 800 nm an image of 3,000 photons has sigma 3.3 pixels; over 30 electrons² of noise a pixel that is a ratio of 38, and molecules differ.
    assert.ok(truth.snr.every((snr) => snr > 0 && snr < 100));
  }
  const light = (all: SimulatedFrame[]) => sum(all.map(({ pixels }) => sum(pixels)));
  const added = ((light(hazy) - light(clear)) * (0.47 / 0.82)) / (20 * 64 * 64);
  // 1 emitter/µm² of 3000 photons are 30 photons a pixel of 0.01 µm².
  assert.ok(Math.abs(added - 30) < 4, `${added} photons a pixel`);
});

test("what is not allowed is refused, and named", async () => {
  for (const [wrong, said] of [
    [{ density: -1 }, /density.*at least 0.*-1/],
    [{ frames: 1.5 }, /frames.*whole number/],
    [{ zMin: 100, zMax: 0 }, /zMax.*at least zMin, 100/],
    [{ psf: "airy", na: 1.6 }, /na .*below the refractive index/],
    [{ psf: "airy", zMin: -3_000 }, /zMin.*within 2000 nm/],
    [{ colour: 3 }, /setting colour/],
    [{ camera: "film" }, /camera.*emccd, scmos.*film/],
    [{ photons: Number.NaN }, /photons/],
    [{ structure: "positions" }, /positions of molecules/],
  ] as const) {
    await assert.rejects(frames(wrong as Partial<SimulationSettings>), {
      code: "INPUT_OPTION",
      message: said,
    });
  }
  assert.throws(() => settingsOf("unknown"), { code: "INPUT_OPTION", message: /palm-meos-emccd/ });
});

test("every preset is allowed, and photons take the place of a preset's ratio", () => {
  for (const name of PRESET_NAMES) checkedSettings(PRESETS[name].settings);
  assert.equal(settingsOf("sparse").snr, 10);
  assert.equal(settingsOf("sparse", { photons: 500 }).snr, undefined);
});

test("a simulation ends when it is asked to, or its reader goes", async () => {
  const cancel = new AbortController();
  const endless = { frames: 1_000_000, width: 32, height: 32 };
  let seen = 0;
  await assert.rejects(
    async () => {
      for await (const _ of simulate(endless, 1, { threads: 2, signal: cancel.signal }))
        if (++seen === 700) cancel.abort();
    },
    { code: "CANCELLED" },
  );
  for await (const { index } of simulate(endless, 1, { threads: 2 })) if (index === 100) break;
});
