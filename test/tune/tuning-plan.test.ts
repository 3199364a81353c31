import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { readSimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { drawSettings } from "../../src/simulate/drawn-settings.js";
import { settingsOf } from "../../src/simulate/presets.js";
import { simulate } from "../../src/simulate/simulation.js";
import type { StackMeasurement } from "../../src/tune/measure/measurement.js";
import { centralSettings, tuningPlan } from "../../src/tune/tuning-plan.js";
import { temporaryFolder } from "../support/temporary.js";

const MEASURED: StackMeasurement = {
  frames: 200,
  width: 96,
  height: 80,
  pixelSize: 120,
  camera: { kind: "scmos", countsPerElectron: 2, offset: 100, readNoise: 3, fixedPattern: 1 },
  psf: { sigma: 1.25, spread: 0.05, depth: 200, elongation: 1 },
  molecules: { light: 820, spread: 0.3, onTime: 3, perFrame: { low: 0.05, middle: 0.2, high: 0.6 } },
  background: {
    level: 20,
    change: 0,
    image: { width: 96, height: 80, pixels: new Float32Array(96 * 80).fill(20) },
  },
  spots: { found: 900, isolated: 500, tracked: 100 },
  saturated: 0,
};
const EMCCD = { kind: "emccd", countsPerElectron: 25, offset: 200, readNoise: 8, fixedPattern: 0 } as const;

async function planIn(folder: string, measured: StackMeasurement): Promise<string> {
  const { width, height, pixels } = measured.background.image;
  const writer = await createStackWriter(join(folder, "background.tif"), { width, height, frames: 1 });
  await writer.write(pixels);
  await writer.finish();
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify(tuningPlan(measured, { seed: 1, background: "background.tif" })));
  return path;
}

for (const camera of [MEASURED.camera, EMCCD]) {
  test(`a plan can be read, and its draws lie around what was measured: ${camera.kind}`, async (context) => {
    const plan = await readSimulatedSetPlan(await planIn(temporaryFolder(context), { ...MEASURED, camera }));
    assert.equal(plan.side, 64);
    const random = new Random(7, "draws");
    const draws = Array.from({ length: 400 }, () => drawSettings(plan, random));
    const middle = (name: string) => draws.map((drawn) => Number(drawn[name])).sort((a, b) => a - b)[200]!;
    // 1.25 px of 120 nm; 820 electrons over 0.82; 3 frames of 30 ms; 20 electrons over 0.82.
    for (const [name, value] of Object.entries({
      psfSigma: 150,
      photons: 1_000,
      onTime: 0.09,
      background: 24.4,
    })) {
      assert.ok(Math.abs(middle(name) / value - 1) < 0.1, `${name}: ${middle(name)}`);
    }
    assert.ok(draws.some(({ density }) => density === 0));
    assert.ok(draws.every(({ zMin, zMax }) => Number(zMin) < -150 && Number(zMax) > 150));
  });

  test(`a simulation of what was measured has its level and its noise: ${camera.kind}`, async () => {
    const measured = { ...MEASURED, camera };
    const settings = { ...centralSettings(measured), density: 0, frames: 40, width: 64, height: 64 };
    let [sum, squares, count] = [0, 0, 0];
    let before: Uint16Array | undefined;
    for await (const { pixels } of simulate(settingsOf(undefined, settings), 3, { threads: 0 })) {
      for (const [i, value] of pixels.entries()) {
        sum += value;
        count++;
        if (before) squares += (value - before[i]!) ** 2;
      }
      before = pixels.slice();
    }
    const { countsPerElectron: gain, offset, readNoise } = camera;
    const excess = camera.kind === "emccd" ? 2 : 1;
    const variance = squares / 2 / (count - 64 * 64);
    const expected = excess * gain ** 2 * 20 + readNoise ** 2;
    assert.ok(Math.abs(sum / count - offset - 20 * gain) < 0.02 * 20 * gain + 0.5, `${sum / count}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.06, `${variance} for ${expected}`);
  });
}

test("frames smaller than a training's are trained on at their own size", () => {
  const plan = tuningPlan({ ...MEASURED, width: 50, height: 200 }, { seed: 1, background: "b.tif" });
  assert.equal(plan.side, 48);
});
