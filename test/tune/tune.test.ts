import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { readSimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import { readModel } from "../../src/formats/registry.js";
import { TUNING_FILES, type TuneEvent, tune } from "../../src/tune/tune.js";
import { writeRecording } from "../support/recording.js";
import { temporaryFolder } from "../support/temporary.js";

const options = (stack: string, folder: string) => ({
  stacks: [stack],
  name: "mine",
  folder,
  minutes: 0.05,
  seed: 1,
});

test("a recording without ground truth becomes a model, with its plan, its report and its card", async (context) => {
  const folder = temporaryFolder(context);
  const stack = await writeRecording(folder, {});
  const events: TuneEvent["event"][] = [];
  const onEvent = ({ event }: TuneEvent) => events.push(event);
  const tuned = await tune({ ...options(stack, join(folder, "mine")), onEvent });
  assert.deepEqual(
    readdirSync(join(folder, "mine")).sort(),
    [...Object.values(TUNING_FILES), "mine.onnx", "mine.md"].sort(),
  );
  assert.equal((await readModel(tuned.model)).architecture.name, "defcon");
  const plan = await readSimulatedSetPlan(join(folder, "mine", TUNING_FILES.plan));
  // A resolution is stored as a fraction of whole numbers.
  assert.ok(Math.abs(Number(plan.settings.pixelSize) - 110) < 0.01);
  for (const event of ["measured", "compared", "training", "judged"] as const) {
    assert.ok(events.includes(event), event);
  }
  const { psf, molecules } = tuned.measurement;
  assert.ok(Math.abs((psf.sigma * 110) / 140 - 1) < 0.05, `${psf.sigma}`);
  assert.ok(Math.abs(molecules.light / (1_500 * 0.82) - 1) < 0.15, `${molecules.light}`);
  assert.deepEqual(readdirSync(folder).sort(), ["mine", "recording.tif"]);
});

test("a recording that cannot be measured is refused, and nothing is left", async (context) => {
  const folder = temporaryFolder(context);
  const stack = await writeRecording(folder, { density: 0 }, 40);
  await assert.rejects(tune(options(stack, join(folder, "mine"))), (error: unknown) => {
    assert.ok(error instanceof DefconError);
    assert.match(error.message, /recording\.tif.*molecules/s);
    assert.notEqual(error.advice, "");
    return true;
  });
  assert.deepEqual(readdirSync(folder), ["recording.tif"]);
});

test("a folder with somebody's files is left as it is", async (context) => {
  const folder = temporaryFolder(context);
  const stack = await writeRecording(folder, {}, 40);
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine", "notes.txt"), "mine");
  await assert.rejects(tune(options(stack, join(folder, "mine"))), { code: "OUTPUT_EXISTS" });
  assert.equal(readFileSync(join(folder, "mine", "notes.txt"), "utf8"), "mine");
  assert.ok(!existsSync(join(folder, "mine", "report.html")));
});

test("what is cancelled while it is measured leaves nothing", async (context) => {
  const folder = temporaryFolder(context);
  const stack = await writeRecording(folder, {}, 40);
  const signal = AbortSignal.abort();
  await assert.rejects(tune({ ...options(stack, join(folder, "mine")), signal }), { code: "CANCELLED" });
  assert.deepEqual(readdirSync(folder), ["recording.tif"]);
});
