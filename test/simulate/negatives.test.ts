import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { backgroundMap } from "../../src/simulate/background.js";
import { backgroundForm } from "../../src/simulate/background-image.js";
import { checkedSettings, type SimulationSettings } from "../../src/simulate/settings.js";
import { simulate } from "../../src/simulate/simulation.js";
import { moments } from "../support/simulation.js";
import { temporaryFolder } from "../support/temporary.js";

const map = (changes: Partial<SimulationSettings>, seed = 1) =>
  backgroundMap(checkedSettings({ width: 128, height: 96, background: 50, ...changes }), seed);

test("clouds keep the mean, have the deviation that is asked for, and are smoother where their slope is steeper", () => {
  const share = (slope: number) => {
    const clouds = map({ texture: 0.2, textureSlope: slope });
    const { mean, variance } = moments(clouds);
    assert.ok(Math.abs(mean - 50) < 0.5 && Math.abs(Math.sqrt(variance) / 50 - 0.2) < 0.005);
    let steps = 0;
    for (let i = 1; i < clouds.length; i++) if (i % 128 > 0) steps += (clouds[i]! - clouds[i - 1]!) ** 2;
    return steps / clouds.length / variance;
  };
  // Of white noise, neighbours' differences have twice the variance.
  assert.ok(share(0) > 1);
  assert.ok(share(2) < 0.5 * share(0) && share(4) < 0.2 * share(2));
  assert.ok(map({ texture: 2, textureSlope: 1 }).every((value) => value >= 0));
});

test("debris shines as much as its size, number and light say", () => {
  const added = Array.from({ length: 40 }, (_, seed) => {
    const pieces = map({ debris: 0.2, debrisSize: 500, debrisLight: 40 }, seed);
    return moments(pieces).mean - 50;
  });
  // 0.2 pieces in a µm² of 2 pi 0.5² µm² each, 40 photons at the middle; a size's square is 1 + 0.25² of its mean's.
  const expected = 0.2 * 2 * Math.PI * 0.25 * (1 + 0.25 ** 2) * 40;
  const { mean, variance } = moments(added);
  assert.ok(Math.abs(mean - expected) < 4 * Math.sqrt(variance / 40), `${mean} instead of ${expected}`);
});

test("beads add their light", () => {
  const added = Array.from({ length: 40 }, (_, seed) => {
    const beads = map({ fiducials: 0.05, fiducialPhotons: 20_000 }, seed);
    return moments(beads).mean - 50;
  });
  // 0.05 in a µm², a hundred pixels each.
  const { mean, variance } = moments(added);
  assert.ok(Math.abs(mean - 10) < 4 * Math.sqrt(variance / 40), `${mean} photons a pixel`);
});

test("so many pixels are hot, the same in all frames, and columns differ", async () => {
  const settings = {
    ...{ frames: 20, width: 128, height: 128, density: 0, background: 0, readNoise: 0, offsetSpread: 0 },
    ...{ gainSpread: 0, electronsPerCount: 1, darkElectrons: 0, offset: 500 },
  };
  const frames: Uint16Array[] = [];
  const hot = { ...settings, hotPixels: 0.01, hotElectrons: 300 };
  for await (const { pixels } of simulate(hot, 3, { threads: 0 })) frames.push(pixels.slice());
  const bright = (pixels: Uint16Array) => [...pixels.keys()].filter((i) => pixels[i]! > 550);
  const first = bright(frames[0]!);
  // 164 pixels are hot, of which exp(-50 / 300) have more than 50 electrons.
  assert.ok(first.length > 100 && first.length < 180, `${first.length} pixels`);
  const again = new Set(bright(frames[19]!));
  assert.ok(first.filter((i) => again.has(i)).length > 0.9 * first.length);
  for await (const { pixels } of simulate({ ...settings, columnSpread: 5, frames: 1 }, 3, { threads: 0 })) {
    const columns = Array.from({ length: 128 }, (_, x) => pixels[x]!);
    assert.ok(
      columns.every((value, x) =>
        Array.from({ length: 128 }, (_, y) => pixels[y * 128 + x]!).every((v) => v === value),
      ),
    );
    const deviation = Math.sqrt(moments(columns).variance);
    assert.ok(deviation > 3.5 && deviation < 6.5, `${deviation}`);
  }
});

test("a tif stack gives the background its form, cut and turned over at random", async (context) => {
  const path = join(temporaryFolder(context), "form.tif");
  const writer = await createStackWriter(path, { width: 40, height: 30, frames: 1, pixelType: "uint16" });
  // Each pixel's value is unlike all others.
  await writer.write(Uint16Array.from({ length: 1200 }, (_, i) => i + 1));
  await writer.finish();
  const whole = (await backgroundForm({ backgroundImage: path, width: 40, height: 30 }, 1))!;
  assert.ok(Math.abs(moments(whole).mean - 1) < 1e-6);
  const sorted = Float32Array.from(whole).sort();
  assert.deepEqual(
    sorted,
    Float32Array.from({ length: 1200 }, (_, i) => (i + 1) / 600.5),
  );
  const corners = new Set<number>();
  for (let seed = 0; seed < 30; seed++) {
    const part = (await backgroundForm({ backgroundImage: path, width: 16, height: 16 }, seed))!;
    corners.add(part[0]! / part[1]!);
  }
  assert.ok(corners.size > 20);
  await assert.rejects(backgroundForm({ backgroundImage: path, width: 41, height: 16 }, 1), {
    code: "INPUT_OPTION",
    message: /at least 41 x 16 pixels.*40 x 30/,
  });
  const dark = join(temporaryFolder(context), "dark.tif");
  for (const [value, message] of [
    [Number.POSITIVE_INFINITY, /frame 1, pixel 3, 1: expected a finite number, found Infinity/],
    [Number.NaN, /expected a finite number, found NaN/],
    [-5, /expected light: values above 0/],
  ] as const) {
    const form = await createStackWriter(dark, {
      ...{ width: 16, height: 16, frames: 1, pixelType: "float32" as const, force: true },
    });
    await form.write(Float32Array.from({ length: 256 }, (_, i) => (i === 19 || value < 0 ? value : 1)));
    await form.finish();
    await assert.rejects(backgroundForm({ backgroundImage: dark, width: 16, height: 16 }, 1), {
      code: "INPUT_PIXEL_VALUE",
      message,
    });
  }
  await assert.rejects(backgroundForm({ backgroundImage: `${path}.gone`, width: 16, height: 16 }, 1), {
    code: "INPUT_NOT_FOUND",
  });
});

test("lines shine as much as their number, length, width and light say, and are lines", () => {
  const settings = { background: 0, psfSigma: 130, pixelSize: 100, fibres: 0.02, fibreLight: 40 } as const;
  const maps = Array.from({ length: 60 }, (_, seed) => map({ ...settings, width: 128, height: 128 }, seed));
  const { mean, variance } = moments(maps.map((each) => moments(each).mean));
  // Each of 0.02 in a µm² is 0.8 · 12.8 µm long on average, and 1.75 · 0.13 µm wide; those that lie half outside are made up for by others.
  const expected = 0.02 * 0.8 * 12.8 * 40 * Math.sqrt(2 * Math.PI) * 1.75 * 0.13;
  assert.ok(
    Math.abs(mean / expected - 1) < 0.25 + (3 * Math.sqrt(variance / 60)) / expected,
    `${mean}, ${expected}`,
  );
  // Most of the light of a few thin lines lies in a small part of the frame.
  const sorted = [...maps[0]!].sort((a, b) => b - a);
  const brightest = sorted.slice(0, sorted.length / 5).reduce((sum, value) => sum + value, 0);
  assert.ok(brightest > 0.7 * sorted.reduce((sum, value) => sum + value, 0));
});
