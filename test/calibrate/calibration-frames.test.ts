import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type CalibrationFrame, calibrationFrames } from "../../src/calibrate/calibration-frames.js";
import { KINDS } from "../../src/certainty/kinds.js";
import type { SimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { collect } from "../support/collect.js";
import { temporaryFolder } from "../support/temporary.js";

const PLAN: SimulatedSetPlan = {
  ...{ seed: 7, runs: 10, frames: 2, side: 32 },
  settings: { density: 4, snr: 15, pixelSize: 100, psfSigma: 130 },
  mixtures: {},
};

/** Forty usual frames are of twenty simulations: one of them has four times the side, three have two times. */
const drawn = (plan: SimulatedSetPlan) => collect(calibrationFrames(plan, { frames: 40, pool: 7 }));

const sides = (frames: readonly CalibrationFrame[]) =>
  [...new Set(frames.map(({ image }) => image.width))].sort();

test("frames of each kind, of several sizes, with whole counts, the same every time", async () => {
  const frames = await drawn(PLAN);
  assert.deepEqual([...new Set(frames.map(({ kind }) => kind))], [...KINDS]);
  assert.deepEqual(sides(frames), [128, 32, 64]);
  for (const { truth, image } of frames) {
    assert.ok(Number.isInteger(truth.count) && truth.count >= 0);
    assert.equal(image.pixels.length, image.width * image.height);
  }
  assert.equal(frames.at(-1)!.share, 1);
  assert.deepEqual((await drawn(PLAN))[30], frames[30]);
});

test("brightest pixels that are cut off are several, of one value", async () => {
  for (const { image } of (await drawn(PLAN)).filter(({ kind }) => kind === "saturated")) {
    const values = [...image.pixels];
    const most = Math.max(...values);
    assert.ok(values.filter((value) => value === most).length >= 8);
  }
});

test("a picture of a background that is no larger than the plan's frames leaves out larger ones", async (t) => {
  const backgroundImage = join(temporaryFolder(t), "background.tif");
  const writer = await createStackWriter(backgroundImage, { width: 40, height: 36, frames: 1 });
  await writer.write(Float32Array.from({ length: 40 * 36 }, (_, i) => 10 + (i % 7)));
  await writer.finish();
  const frames = await drawn({ ...PLAN, settings: { ...PLAN.settings, backgroundImage } });
  assert.deepEqual(sides(frames), [32]);
});
