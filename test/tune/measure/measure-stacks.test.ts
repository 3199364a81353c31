import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { InputError } from "../../../src/base/errors.js";
import { createStackWriter } from "../../../src/frames/stack-writer.js";
import { brightnessOf } from "../../../src/simulate/brightness.js";
import { peakShareOf, pointSpreadOf } from "../../../src/simulate/point-spread.js";
import { checkedSettings, type SimulationSettings } from "../../../src/simulate/settings.js";
import { simulate } from "../../../src/simulate/simulation.js";
import { measureStacks } from "../../../src/tune/measure/measure-stacks.js";
import { temporaryFolder } from "../../support/temporary.js";

const folder = temporaryFolder({ after });
const EXPOSURE = 0.03;

/** Simulates a stack into a file, and tells its settings. */
async function stackOf(name: string, seed: number, given: Partial<SimulationSettings>) {
  const settings = checkedSettings({
    frames: 200,
    width: 112,
    height: 112,
    exposure: EXPOSURE,
    ...given,
  });
  const path = join(folder, `${name}.tif`);
  const { width, height, frames, pixelSize } = settings;
  const side = pixelSize / 1_000;
  const writer = await createStackWriter(path, {
    width,
    height,
    frames,
    pixelType: "uint16",
    calibration: { pixelWidth: side, pixelHeight: side, unit: "µm" },
  });
  for await (const { pixels } of simulate(settings, seed, { threads: 0 })) await writer.write(pixels);
  await writer.finish();
  return { path, settings };
}

function assertRelative(found: number, expected: number, tolerance: number, what: string): void {
  const error = found / expected - 1;
  assert.ok(Math.abs(error) <= tolerance, `${what}: ${found}, expected ${expected} within ${tolerance}`);
}

/** Counts for an electron after the register. */
function gainOf({ camera, emGain, electronsPerCount }: SimulationSettings): number {
  return (camera === "emccd" ? emGain : 1) / electronsPerCount;
}

const CASES: Record<string, Partial<SimulationSettings>> = {
  "sCMOS, sparse, bright, short": {
    pixelSize: 150,
    psfSigma: 140,
    density: 0.22,
    snr: 22,
    background: 12,
    onTime: 1.8 * EXPOSURE,
    brightnessSpread: 0.2,
    electronsPerCount: 0.6,
    readNoise: 1.7,
    offset: 120,
  },
  "sCMOS, uneven background, wide image": {
    pixelSize: 105,
    psfSigma: 150,
    density: 0.35,
    snr: 14,
    background: 30,
    unevenness: 0.6,
    onTime: 5 * EXPOSURE,
    brightnessSpread: 0.1,
    electronsPerCount: 0.8,
    readNoise: 1.2,
    offset: 150,
  },
  "EMCCD, dense": {
    camera: "emccd",
    pixelSize: 125,
    psfSigma: 120,
    density: 0.5,
    snr: 18,
    background: 12,
    onTime: 4 * EXPOSURE,
    brightnessSpread: 0.3,
    emGain: 150,
    electronsPerCount: 10,
    readNoise: 40,
    offset: 200,
    fullWell: 180_000,
  },
  "EMCCD of a low gain, long": {
    camera: "emccd",
    pixelSize: 155,
    psfSigma: 130,
    density: 0.2,
    snr: 12,
    background: 50,
    onTime: 10 * EXPOSURE,
    brightnessSpread: 0.3,
    emGain: 60,
    electronsPerCount: 12,
    readNoise: 30,
    offset: 300,
    fullWell: 180_000,
  },
};

for (const [i, [name, given]] of Object.entries(CASES).entries()) {
  test(`a stack tells what it was taken with: ${name}`, async () => {
    const { path, settings } = await stackOf(`case-${i}`, 40 + i, given);
    const measured = await measureStacks([path]);
    const { camera, psf, molecules, background } = measured;
    const gain = gainOf(settings);
    const electrons = settings.quantumEfficiency * settings.background + settings.darkElectrons;
    const { photons } = brightnessOf(settings, peakShareOf(pointSpreadOf(settings)));
    assert.equal(measured.frames, 200);
    assertRelative(measured.pixelSize, settings.pixelSize, 1e-4, "pixel size");
    assert.equal(camera.kind, settings.camera);
    assertRelative(camera.countsPerElectron, gain, 0.1, "counts for an electron");
    const offsetTolerance = settings.camera === "emccd" ? 2 * gain : 2;
    assert.ok(
      Math.abs(camera.offset - settings.offset) <= offsetTolerance,
      `offset: ${camera.offset}, expected ${settings.offset} within ${offsetTolerance}`,
    );
    assertRelative(psf.sigma, settings.psfSigma! / settings.pixelSize, 0.05, "width");
    assert.equal(psf.depth, 0);
    assert.ok(psf.elongation < 1.05);
    assertRelative(background.level, electrons, 0.1, "background");
    assertRelative(molecules.light, photons * settings.quantumEfficiency, 0.15, "light");
    assertRelative(molecules.onTime, settings.onTime / EXPOSURE, 0.25, "time on");
    assert.ok(Math.abs(background.change) < 0.05);
    const { low, middle, high } = molecules.perFrame;
    assert.ok(0 < low && low <= middle && middle <= high && high < 2 * settings.density);
    assert.equal(measured.saturated, 0);
    const { image } = background;
    assert.equal(image.pixels.length, image.width * image.height);
  });
}

test("depth is found where molecules lie at different heights, and a background that fades", async () => {
  const { path } = await stackOf("deep", 7, {
    density: 0.25,
    psfSigma: 120,
    snr: 25,
    background: 20,
    backgroundDrift: -0.3,
    onTime: 4 * EXPOSURE,
    zMin: -500,
    zMax: 500,
  });
  const { psf, background } = await measureStacks([path]);
  assertRelative(psf.depth, 500, 0.3, "depth");
  assertRelative(psf.sigma, 1.2, 0.1, "width");
  assert.ok(Math.abs(background.change + 0.3) < 0.05, `change ${background.change}`);
});

test("the width in focus is found where few molecules are in focus", async () => {
  const { path } = await stackOf("far", 8, {
    density: 0.25,
    psfSigma: 120,
    snr: 40,
    background: 10,
    onTime: 4 * EXPOSURE,
    zMin: -1200,
    zMax: 1200,
  });
  const { psf } = await measureStacks([path]);
  assertRelative(psf.sigma, 1.2, 0.12, "width");
  assertRelative(psf.depth, 1200, 0.35, "depth");
});

test("a stack that is too short or too empty is refused with what was found and what is needed", async () => {
  const short = await stackOf("short", 1, { frames: 12, snr: 20 });
  await assert.rejects(measureStacks([short.path]), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /expected 20 frames or more, found 12\. Give more/);
    return true;
  });
  const empty = await stackOf("empty", 2, { frames: 30, molecules: 0 });
  await assert.rejects(measureStacks([empty.path]), /expected 50 or more spots apart from others, found 0/);
});

test("a measurement ends when it is cancelled", async () => {
  const { path } = await stackOf("cancelled", 3, { frames: 40, snr: 20 });
  const controller = new AbortController();
  const measuring = measureStacks([path], {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await assert.rejects(measuring, { code: "CANCELLED" });
});
