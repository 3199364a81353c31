import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { SAMPLE_PARTS, type Samples } from "../../src/dataset/samples.js";
import { startEngine } from "../../src/engine/engines.js";
import { readModel } from "../../src/formats/registry.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { DrawnSamples } from "../../src/train/drawn-samples.js";
import { settleSamples } from "../../src/train/sample-budget.js";
import type { Course } from "../../src/train/sample-source.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "../../src/train/settings.js";
import { train } from "../../src/train/trainer.js";
import { temporaryFolder } from "../support/temporary.js";

const PLAN = {
  seed: 5,
  runs: 1,
  frames: 4,
  side: 16,
  settings: { pixelSize: 100, density: { uniform: [0.5, 2] }, photons: 2000, onTime: 0.1 },
  mixtures: {
    camera: [
      { share: 0.5, settings: {} },
      { share: 0.5, settings: { camera: "emccd" } },
    ],
  },
};

function planIn(folder: string, change: object = {}): string {
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify({ ...PLAN, ...change }));
  return path;
}

async function opened(context: TestContext, samples: number, change: object = {}): Promise<DrawnSamples> {
  const source = await DrawnSamples.open(planIn(temporaryFolder(context), change), samples);
  context.after(() => source.close());
  return source;
}

const STAGE = { ...TRAINING_DEFAULTS.density, batchSize: 8 };

/** Each frame's bytes, hashed, with its map's. */
function hashes({ count, input, target }: Samples): string[] {
  const size = input.length / count;
  const bytes = (values: Float32Array, i: number) =>
    new Uint8Array(values.slice(i * size, (i + 1) * size).buffer);
  return Array.from({ length: count }, (_, i) =>
    createHash("sha256").update(bytes(input, i)).update(bytes(target, i)).digest("hex"),
  );
}

async function taken(course: Course, from: number, end: number, step: number): Promise<string[]> {
  const all: string[] = [];
  for (let first = from; first < end; first += step) {
    all.push(...hashes(await course.training(0, first, Math.min(step, end - first), SAMPLE_PARTS)));
  }
  return all;
}

test("samples are the same in whatever portions they are taken and from wherever on, over the edges of pools", async (context) => {
  const whole = await taken((await opened(context, 4096)).course(STAGE), 0, 600, 50);
  assert.deepEqual(await taken((await opened(context, 4096)).course(STAGE), 0, 600, 37), whole);
  assert.deepEqual(await taken((await opened(context, 4096)).course(STAGE), 250, 600, 8), whole.slice(250));
  const other = await taken((await opened(context, 4096, { seed: 6 })).course(STAGE), 0, 50, 50);
  assert.equal(other.filter((hash) => whole.includes(hash)).length, 0);
});

test("none is seen twice, nor one that is validated with; those are the same for all", async (context) => {
  const course = (await opened(context, 40_000)).course(STAGE);
  const validation = hashes(await course.validation(0, course.heldBack, SAMPLE_PARTS));
  const seen = await taken(course, 0, 700, 100);
  const next = hashes(await course.training(1, 0, 100, SAMPLE_PARTS));
  assert.ok(course.epochs > 1);
  assert.equal(new Set([...validation, ...seen, ...next]).size, validation.length + seen.length + 100);
  const again = (await opened(context, 10)).course(STAGE);
  assert.deepEqual(hashes(await again.validation(0, again.heldBack, SAMPLE_PARTS)), validation);
});

test("epochs and batches hold at least the samples asked for, and less than a batch an epoch more", async (context) => {
  for (const samples of [1, 8, 100, 16_384, 50_000, 1_000_000]) {
    const { epochs, trained } = (await opened(context, samples)).course(STAGE);
    assert.equal(trained % 8, 0);
    assert.ok(epochs * trained >= samples && epochs * trained < samples + 8 * epochs, `${samples}`);
  }
});

test("a short training has several epochs too, and a long one no shorter ones than 16,384 samples", async (context) => {
  for (const [samples, epochs] of [
    [1_000, 1],
    [5_000, 1],
    [20_000, 4],
    [60_000, 8],
    [1_638_400, 100],
  ] as const) {
    assert.equal((await opened(context, samples)).course(STAGE).epochs, epochs, `${samples}`);
  }
});

const engine = await startEngine("onnxruntime", "cpu");

function settingsFor(plan: string, folder: string, change: Partial<TrainingSettings> = {}): TrainingSettings {
  return {
    ...TRAINING_DEFAULTS,
    set: plan,
    simulate: { samples: 96 },
    output: folder,
    checkpoints: folder,
    order: "end-to-end",
    architecture: "defcon-fast",
    dropout: false,
    density: { ...TRAINING_DEFAULTS.density, loss: "local_count", batchSize: 8 },
    ...change,
  };
}

/** Trains, and stops after so many questions whether it should. */
async function trained(
  context: TestContext,
  plan: string,
  folder: string,
  stopAfter: number,
  resume: boolean,
) {
  const source = await DrawnSamples.open(plan, 96);
  context.after(() => source.close());
  let asked = 0;
  return train({
    settings: settingsFor(plan, folder),
    resume,
    engine,
    source,
    augment: (samples) => samples,
    isCancelled: () => ++asked > stopAfter,
    onEvent: () => undefined,
  });
}

test("stopped within an epoch and resumed, a training ends in the same model, whose rate falls by itself", async (context) => {
  const plan = planIn(temporaryFolder(context));
  const [whole, parts] = [temporaryFolder(context), temporaryFolder(context)];
  const expected = readFileSync(await trained(context, plan, whole, Number.POSITIVE_INFINITY, false));
  for (const stopAfter of [3, 5]) {
    await assert.rejects(
      trained(context, plan, parts, stopAfter, stopAfter > 3),
      (error) => error instanceof DefconError && error.code === "CANCELLED",
    );
  }
  const path = await trained(context, plan, parts, Number.POSITIVE_INFINITY, true);
  assert.deepEqual(readFileSync(path), expected);
  const [, row] = readFileSync(join(whole, "history.csv"), "utf8").trim().split("\n");
  // Half a cosine from 10^-3 to 10^-5, at the last of 12 steps.
  const rate = 1e-5 + (1e-3 - 1e-5) * (0.5 + 0.5 * Math.cos((Math.PI * 11) / 12));
  assert.ok(Math.abs(Number(row!.split(",")[4]) - rate) < 1e-12);
  assert.match((await readModel(path)).provenance.recipe!, /"simulate":{"samples":96}/);
});

test("another plan is no training to go on with", async (context) => {
  const [folder, plans] = [temporaryFolder(context), temporaryFolder(context)];
  const plan = planIn(plans);
  await assert.rejects(trained(context, plan, folder, 2, false), { code: "CANCELLED" });
  planIn(plans, { seed: 7 });
  await assert.rejects(trained(context, plan, folder, 2, true), {
    code: "TRAINING_STATE",
    message: /the plan as it was/,
  });
});

test("minutes become a number of samples, which a resumed training keeps", async (context) => {
  const [folder, plan] = [temporaryFolder(context), planIn(temporaryFolder(context))];
  const source = await DrawnSamples.open(plan);
  context.after(() => source.close());
  const settings = settingsFor(plan, folder, { simulate: { minutes: 0.01 } });
  const settled = await settleSamples(settings, false, engine, source);
  assert.ok(settled.simulate!.samples! >= 1);
  const job = {
    engine,
    source,
    augment: (samples: Samples) => samples,
    isCancelled: () => false,
    onEvent: () => undefined,
  };
  await train({ ...job, settings: settled, resume: false });
  assert.deepEqual(await settleSamples(settings, true, engine, source), settled);
});

test("a plan that cannot be is an error before anything is drawn, which names the entry however rare it is", async (context) => {
  const rare = (settings: object) => ({
    mixtures: {
      depth: [
        { share: 0.9999, settings: {} },
        { share: 0.0001, settings },
      ],
    },
  });
  for (const [change, code, message] of [
    [
      { settings: { ...PLAN.settings, zMin: 100, zMax: 0 } },
      "INPUT_OPTION",
      /plan\.json: .*zMax.*at least zMin/,
    ],
    [rare({ zMin: 100, zMax: 0 }), "INPUT_OPTION", /mixtures\.depth\[1\]: .*zMax/],
    [rare({ bits: 99 }), "INPUT_OPTION", /mixtures\.depth\[1\]: .*bits.*whole number/],
    [rare({ coma: { uniform: [0.3, 0.9] } }), "INPUT_OPTION", /mixtures\.depth\[1\]: .*coma/],
    [rare({ backgroundImage: "none.tif" }), "INPUT_NOT_FOUND", /mixtures\.depth\[1\]: .*none\.tif/],
    [rare({ debris: 1000, debrisSize: 100_000 }), "INPUT_OPTION", /debris.*at most 100000/],
    [rare({ onTime: 1e-9 }), "INPUT_OPTION", /onTime.*at least a thousandth of the exposure/],
    [{ temporl: true }, "INPUT_FORMAT", /temporl: expected nothing but seed/],
    [{ side: 4096 }, "INPUT_FORMAT", /side: expected a multiple of 4 from 16 to 2048/],
    [{ side: 2048 }, "TRAINING_CONFIG", /at most 512 MB/],
  ] as const) {
    await assert.rejects(opened(context, 100, change), { code, message });
  }
});

test("a plan that was mended may begin where one that failed left a checkpoint without a step", async (context) => {
  const [folder, plans] = [temporaryFolder(context), temporaryFolder(context)];
  const plan = planIn(plans);
  await assert.rejects(trained(context, plan, folder, 0, false), { code: "CANCELLED" });
  planIn(plans, { seed: 8 });
  await trained(context, plan, folder, Number.POSITIVE_INFINITY, false);
  await assert.rejects(trained(context, plan, folder, 0, false), { code: "TRAINING_STATE" });
});

test("another picture of a background is another training", async (context) => {
  const plans = temporaryFolder(context);
  const picture = async (value: number) => {
    const options = { width: 16, height: 16, frames: 1, pixelType: "uint16" } as const;
    const writer = await createStackWriter(join(plans, "light.tif"), { ...options, force: true });
    await writer.write(Uint16Array.from({ length: 256 }, (_, i) => value + i));
    await writer.finish();
    const source = await DrawnSamples.open(
      planIn(plans, { settings: { ...PLAN.settings, backgroundImage: "light.tif" } }),
      8,
    );
    await source.close();
    return source.fingerprint;
  };
  assert.notEqual(await picture(10), await picture(900));
});
