import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { augment } from "../../src/dataset/augmentation.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { readModel } from "../../src/formats/registry.js";
import { writeBestSoFar } from "../../src/train/best-so-far.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "../../src/train/settings.js";
import { train } from "../../src/train/trainer.js";
import { temporaryFolder } from "../support/temporary.js";
import { sourceOf, spotSamples } from "../support/training-set.js";

const engine = await startOnnxRuntime();
const samples = spotSamples(60, 16);

function settingsIn(folder: string, epochs: number): TrainingSettings {
  const stage = { batchSize: 8, epochs, validationSplit: 0.1, learningRate: 1e-4 };
  return {
    ...TRAINING_DEFAULTS,
    set: "set.h5",
    output: folder,
    checkpoints: folder,
    order: "end-to-end",
    segmentation: stage,
    density: { ...TRAINING_DEFAULTS.density, ...stage },
    patience: epochs,
  };
}

/** Trains until so many epochs are over, then a few batches more. */
async function brokenOff(context: TestContext, after: number): Promise<string> {
  const folder = temporaryFolder(context);
  let [epochs, batches] = [0, 0];
  const job = {
    settings: settingsIn(folder, 50),
    resume: false,
    engine,
    source: sourceOf(samples),
    augment,
    isCancelled: () => epochs >= after && ++batches > 3,
    onEvent: ({ event }: { event: string }) => {
      if (event === "epoch") epochs++;
    },
  };
  await assert.rejects(train(job), (error) => error instanceof DefconError && error.code === "CANCELLED");
  return folder;
}

test("a training that is broken off leaves the weights it would have ended with after its last epoch", async (context) => {
  const whole = temporaryFolder(context);
  const settings = settingsIn(whole, 2);
  const source = sourceOf(samples);
  await train({
    settings,
    resume: false,
    engine,
    source,
    augment,
    isCancelled: () => false,
    onEvent() {},
  });
  const path = await writeBestSoFar(await brokenOff(context, 2));
  const [expected, found] = [await readModel(join(whole, "defcon.onnx")), await readModel(path!)];
  assert.deepEqual(found.weights, expected.weights);
  assert.match(found.provenance.validation_loss!, /in 2 epochs/);
});

test("one without a finished epoch leaves nothing", async (context) => {
  const folder = await brokenOff(context, 0);
  assert.equal(await writeBestSoFar(folder), undefined);
  assert.deepEqual(readdirSync(folder).sort(), ["checkpoint-before.h5", "checkpoint.h5"]);
});
