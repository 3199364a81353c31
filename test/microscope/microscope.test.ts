import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { Microscope } from "../../src/microscope/microscope.js";
import { Sample } from "../../src/microscope/sample.js";

const PHYSICS = {
  molecules: 20_000,
  perOutput: 0.001,
  spontaneous: 0,
  onTime: 0.1,
  blinks: 4,
  brightnessSpread: 0,
};

function sampleOf(changes: Partial<typeof PHYSICS> = {}): Sample {
  return new Sample(new Random(3, "test"), { ...PHYSICS, ...changes }, () => [0, 0, 0]);
}

/** Mean light of molecules in frames from `first` up to `end`, in molecules that are on. */
function meanLight(sample: Sample, output: number, first: number, end: number): number {
  let sum = 0;
  for (let i = 0; i < end; i++) {
    const { light } = sample.expose(output, 0.03);
    if (i >= first) sum += light.reduce((total, each) => total + each, 0);
  }
  return sum / (end - first);
}

test("in balance, as many molecules are on as their rate, their number and their time on say", () => {
  // 20000 molecules x 0.01/s x 0.1 s = 20 at once. A million blinks: none bleaches.
  const light = meanLight(sampleOf({ blinks: 1e6 }), 10, 50, 2_050);
  // 2000 frames of 0.03 s see some 12000 times on, each of which varies by its own mean.
  assert.ok(Math.abs(light - 20) < 1, `${light}`);
});

test("twice the light brings twice as many on, and none brings only those that come by themselves", () => {
  const blinks = 1e6;
  assert.ok(Math.abs(meanLight(sampleOf({ blinks }), 20, 50, 2_050) - 40) < 2);
  assert.equal(meanLight(sampleOf({ blinks }), 0, 0, 100), 0);
  assert.ok(Math.abs(meanLight(sampleOf({ blinks, spontaneous: 0.005 }), 0, 50, 2_050) - 10) < 1);
});

test("the sample runs out at the rate that light brings molecules on, divided by their blinks", () => {
  const sample = sampleOf();
  for (let i = 0; i < 2_000; i++) sample.expose(50, 0.03);
  // 60 s x 0.05/s / 4 = 0.75 of a lifetime.
  assert.ok(Math.abs(sample.left / 20_000 - Math.exp(-0.75)) < 0.02, `${sample.left}`);
});

test("a disturbance takes its share of the light's effect", () => {
  const sample = sampleOf({ blinks: 1e6 });
  let sum = 0;
  for (let i = 0; i < 2_050; i++) {
    const { light } = sample.expose(10, 0.03, 0.4);
    if (i >= 50) sum += light.reduce((total, each) => total + each, 0);
  }
  assert.ok(Math.abs(sum / 2_000 - 8) < 0.8, `${sum / 2_000}`);
});

test("frames are those of the seed and of the light they were exposed with", () => {
  const frames = (seed: number, output: number) => {
    const microscope = new Microscope({ seed });
    return Array.from({ length: 5 }, () => microscope.expose(output));
  };
  const [frame] = frames(1, 10);
  assert.equal(frame!.pixels.length, 64 * 64);
  assert.equal(frame!.time, 0.03);
  assert.deepEqual(frames(1, 10), frames(1, 10));
  assert.notDeepEqual(frames(2, 10), frames(1, 10));
});

test("the pixels have the light of the molecules that are counted", () => {
  const microscope = new Microscope({ simulation: { background: 0, autofluorescence: 0 } });
  const brightness = (output: number) => {
    let [counted, sum] = [0, 0];
    for (let i = 0; i < 100; i++) {
      const { pixels, count } = microscope.expose(output);
      counted += count;
      sum += pixels.reduce((total, each) => total + each, 0);
    }
    return { counted, sum };
  };
  const dark = brightness(0);
  const bright = brightness(50);
  assert.ok(bright.counted > 10 * dark.counted, `${dark.counted}, ${bright.counted}`);
  assert.ok(bright.sum > dark.sum);
});

test("a sample that drifts does not end at the edge of the frame", () => {
  // 2.1 µm/s in a frame of 6.4 µm: twenty times through it.
  const mean = (drift: number) => {
    const microscope = new Microscope({ drift, blinks: 1e6 });
    let sum = 0;
    for (let i = 0; i < 2_000; i++) sum += microscope.expose(10).count;
    return sum / 2_000;
  };
  assert.ok(Math.abs(mean(2_133) / mean(0) - 1) < 0.1);
});

test("settings that cannot be are refused by name", () => {
  const refused = (settings: object, message: RegExp) =>
    assert.throws(() => new Microscope(settings), { code: "INPUT_OPTION", message });
  refused({ blinks: 0.5 }, /blinks.*at least 1/);
  refused({ power: 1 }, /power/);
  refused({ simulation: { width: 2 } }, /width/);
  refused({ simulation: { structure: "positions" } }, /structure/);
});
