import assert from "node:assert/strict";
import { test } from "node:test";
import { augment } from "../../src/dataset/augmentation.js";
import type { Engine } from "../../src/engine/engine.js";
import { startEngine } from "../../src/engine/engines.js";
import { readModel } from "../../src/formats/registry.js";
import type { Weights } from "../../src/model/weights.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "../../src/train/settings.js";
import { train } from "../../src/train/trainer.js";
import { maxDifference } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { withoutTensorFlow as skip } from "../support/tensorflow.js";
import { sourceOf, spotSamples } from "../support/training-set.js";

const STAGE = { batchSize: 8, epochs: 2, validationSplit: 0.2, learningRate: 1e-3 };
const samples = spotSamples(30, 16);

/** Trains with the first engine, after its first epoch with the second. @returns the model's weights */
async function trained(context: Ending, first: Engine, second: Engine): Promise<Weights> {
  const folder = temporaryFolder(context);
  const settings: TrainingSettings = {
    ...TRAINING_DEFAULTS,
    set: "set.h5",
    output: folder,
    checkpoints: folder,
    segmentation: STAGE,
    density: { ...TRAINING_DEFAULTS.density, ...STAGE },
    patience: 2,
  };
  let epochs = 0;
  const job = (engine: Engine, resume: boolean, isCancelled: () => boolean) =>
    train({
      settings,
      resume,
      engine,
      source: sourceOf(samples),
      augment,
      isCancelled,
      onEvent: ({ event }) => {
        if (event === "epoch") epochs++;
      },
    });
  await assert.rejects(
    job(first, false, () => epochs > 0),
    { code: "CANCELLED" },
  );
  assert.equal(epochs, 1);
  return (await readModel(await job(second, true, () => false))).weights;
}

test("a training that goes on with the other engine ends in the model of one engine alone", {
  skip,
}, async (context) => {
  const [onnx, tensorFlow] = [await startEngine("onnxruntime"), await startEngine("tensorflow", "cpu")];
  const expected = await trained(context, onnx, onnx);
  for (const [first, second] of [
    [onnx, tensorFlow],
    [tensorFlow, onnx],
  ] as const) {
    const found = await trained(context, first, second);
    for (const [name, { data }] of expected) {
      const difference = maxDifference(found.get(name)!.data, data);
      assert.ok(difference < 1e-4, `${first.name} to ${second.name}, ${name}: ${difference}`);
    }
  }
});
