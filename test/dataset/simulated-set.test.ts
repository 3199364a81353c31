import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  BLINKING,
  CONDITIONS,
  FIRST_BLINKING_SEED,
  FIRST_SEED,
  SIZES,
} from "../../bench/accuracy/conditions.js";
import { packageRoot } from "../../src/base/home.js";
import { Random } from "../../src/base/random.js";
import { readSimulatedSetPlan, type SimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import { writeSimulatedSet } from "../../src/dataset/simulated-set.js";
import { SampleReader } from "../../src/dataset/training-set.js";
import { drawSettings } from "../../src/simulate/drawn-settings.js";
import { settingsOf } from "../../src/simulate/presets.js";
import { simulate } from "../../src/simulate/simulation.js";
import { temporaryFolder } from "../support/temporary.js";

const SHIPPED = readdirSync(join(packageRoot, "models"))
  .filter((name) => /-(set|plan)\.json$/.test(name))
  .map((name) => join(packageRoot, "models", name));
const PLAN: SimulatedSetPlan = {
  seed: 5,
  runs: 3,
  frames: 2,
  side: 32,
  // All emitters are on all the time and equally bright: each counts.
  settings: { density: { uniform: [0.2, 3] }, onTime: 1e6, brightnessSpread: 0, pixelSize: 100 },
  mixtures: {},
};

/** Frames of the plan's simulations as they come from the simulator, by their text, with the emitters well inside. */
async function simulated(plan: SimulatedSetPlan): Promise<Map<string, number>> {
  const frames = new Map<string, number>();
  for (let run = 0; run < plan.runs; run++) {
    const drawn = drawSettings(plan, new Random(plan.seed, "run", run));
    const settings = settingsOf(undefined, {
      ...drawn,
      frames: plan.frames,
      width: plan.side,
      height: plan.side,
    });
    const seed = new Random(plan.seed, "frames", run).below(2 ** 31);
    for await (const { pixels, truth } of simulate(settings, seed)) {
      frames.set(Array.from(pixels, (value) => value).join(), truth.id.length);
    }
  }
  return frames;
}

test("a set holds the simulations' frames, each once, with maps of their emitters", async (context) => {
  const path = join(temporaryFolder(context), "set.h5");
  assert.equal(await writeSimulatedSet(path, PLAN), 6);
  const expected = await simulated(PLAN);
  assert.equal(expected.size, 6);
  const set = await SampleReader.open(path);
  try {
    const { input, target, segMap } = set.read(0, 6, ["input", "target", "segMap"]);
    const size = 32 * 32;
    for (let i = 0; i < 6; i++) {
      const pixels = input.subarray(i * size, (i + 1) * size);
      const key = Array.from(pixels, (value) => Math.round(value * 65_535)).join();
      const emitters = expected.get(key);
      assert.ok(emitters !== undefined, `sample ${i} is a frame of the simulations`);
      expected.delete(key);
      const map = target.subarray(i * size, (i + 1) * size);
      const sum = map.reduce((total, value) => total + value, 0);
      // The truth goes on 3 pixels beyond the frame, where most of an emitter's density is outside.
      assert.ok(sum > 0.5 * emitters && sum <= emitters, `${sum} of ${emitters}`);
      for (let at = 0; at < size; at++) {
        const mark = segMap[i * size + at]!;
        if (Math.abs(map[at]! - 0.03) > 1e-6) assert.equal(mark, map[at]! > 0.03 ? 1 : 0);
      }
    }
    assert.equal(expected.size, 0, "no frame is left out");
  } finally {
    set.close();
  }
});

test("samples of a temporal set are three frames of a simulation that follow one another, its first ones left out", async (context) => {
  const plan = { ...PLAN, frames: 8, temporal: true };
  const path = join(temporaryFolder(context), "set.h5");
  assert.equal(await writeSimulatedSet(path, plan), 6);
  // In the order of the simulations: 8 frames of each, of which 2 are too few for a sample.
  const frames = [...(await simulated(plan)).keys()];
  const expected = Array.from({ length: 6 }, (_, i) => {
    const first = 8 * Math.floor(i / 2) + 2 + 3 * (i % 2);
    return frames.slice(first, first + 3).join(" | ");
  });
  const set = await SampleReader.open(path);
  try {
    assert.equal(set.info.framesPerSample, 3);
    const { input } = set.read(0, 6, ["input"]);
    const size = 32 * 32;
    const textOf = (frame: number) =>
      Array.from(input.subarray(frame * size, (frame + 1) * size), (value) =>
        Math.round(value * 65_535),
      ).join();
    const found = Array.from({ length: 6 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2].map(textOf).join(" | "));
    assert.deepEqual(found.sort(), expected.sort());
  } finally {
    set.close();
  }
});

test("the same plan gives the same set; a cancelled one leaves what was there", async (context) => {
  const folder = temporaryFolder(context);
  const [a, b, kept] = ["a.h5", "b.h5", "kept.h5"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeSimulatedSet(a, PLAN);
  await writeSimulatedSet(b, PLAN);
  const [first, second] = await Promise.all(
    [a, b].map(async (path) => {
      const set = await SampleReader.open(path);
      const samples = set.read(0, 6, ["input", "target", "segMap"]);
      set.close();
      return samples;
    }),
  );
  assert.deepEqual(second, first);
  copyFileSync(a, kept);
  const stop = new AbortController();
  const onStep = () => stop.abort();
  await assert.rejects(writeSimulatedSet(kept, PLAN, { signal: stop.signal, onStep, force: true }), {
    code: "CANCELLED",
  });
  assert.deepEqual(readFileSync(kept), readFileSync(a));
  assert.deepEqual(readdirSync(folder).sort(), ["a.h5", "b.h5", "kept.h5"]);
});

test("a plan's numbers are checked, naming file and field", async (context) => {
  const path = join(temporaryFolder(context), "plan.json");
  const broken: [Partial<Record<keyof SimulatedSetPlan, unknown>>, RegExp][] = [
    [{ runs: 0 }, /plan\.json, runs: expected a whole number from 1 to 10000000, found 0/],
    [{ side: 30 }, /plan\.json, side: expected a multiple of 4 from 16 to 2048, found 30/],
    [{ seed: undefined }, /plan\.json, seed: .*found nothing/],
    [{ frames: 1.5 }, /plan\.json, frames: .*found 1\.5/],
    [{ temporal: 1 }, /plan\.json, temporal: expected true or false, found 1/],
    [{ temporal: true }, /plan\.json, frames: expected at least 3 in a temporal set, found 2/],
  ];
  for (const [change, message] of broken) {
    writeFileSync(path, JSON.stringify({ ...PLAN, ...change }));
    await assert.rejects(readSimulatedSetPlan(path), { code: "INPUT_FORMAT", message });
  }
  writeFileSync(path, "{");
  await assert.rejects(readSimulatedSetPlan(path), {
    code: "INPUT_FORMAT",
    message: /plan\.json: expected the plan/,
  });
  await assert.rejects(readSimulatedSetPlan(`${path}x`), { code: "INPUT_NOT_FOUND" });
});

test("the shipped models' plans draw settings that simulations take, and no seed of the benchmark", async () => {
  const benchmark = new Set([
    ...CONDITIONS.map((_, i) => FIRST_SEED + i),
    ...SIZES.flatMap(({ firstSeed }) => CONDITIONS.map((_, i) => firstSeed + i)),
    ...BLINKING.map((_, i) => FIRST_BLINKING_SEED + i),
  ]);
  assert.ok(SHIPPED.length >= 8);
  for (const path of SHIPPED) {
    const plan = await readSimulatedSetPlan(path);
    // Those of a file, and those of a training that simulates as it goes on.
    for (const stream of [[], ["training"], ["validation"]]) {
      for (let run = 0; run < plan.runs; run++) {
        const drawn = drawSettings(plan, new Random(plan.seed, ...stream, "run", run));
        settingsOf(undefined, { ...drawn, frames: plan.frames, width: plan.side, height: plan.side });
        assert.ok(!benchmark.has(new Random(plan.seed, ...stream, "frames", run).below(2 ** 31)));
      }
    }
  }
});
