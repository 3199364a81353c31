import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { augment } from "../../src/dataset/augmentation.js";
import type { Samples } from "../../src/dataset/samples.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { readModel } from "../../src/formats/registry.js";
import type { SampleSource } from "../../src/train/sample-source.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { train } from "../../src/train/trainer.js";
import { temporaryFolder } from "../support/temporary.js";
import { sourceOf, spotSamples } from "../support/training-set.js";

const engine = await startOnnxRuntime();
const [EPOCHS, TRAINED, HELD_BACK] = [4, 48, 12] as const;
const samples = spotSamples(TRAINED + HELD_BACK, 16);

/** Samples of which a stage takes all its epochs, validated with targets that are multiplied by `scale`. */
function endless(scale: number): SampleSource {
  const stored = sourceOf(samples);
  return {
    info: stored.info,
    fingerprint: stored.fingerprint,
    stored: undefined,
    close: () => stored.close(),
    course: (settings) => {
      const course = stored.course(settings);
      return {
        ...course,
        endsEarly: false,
        validation: async (...wanted): Promise<Samples> => {
          const held = await course.validation(...wanted);
          return { ...held, target: held.target.map((value) => scale * value) };
        },
      };
    },
  };
}

async function trained(context: TestContext, scale: number) {
  const folder = temporaryFolder(context);
  const stage = { batchSize: 8, epochs: EPOCHS, validationSplit: 0.2, learningRate: 2e-3 };
  let best = 0;
  const path = await train({
    settings: {
      ...TRAINING_DEFAULTS,
      set: "plan.json",
      output: folder,
      checkpoints: folder,
      order: "end-to-end",
      segmentation: stage,
      density: { ...TRAINING_DEFAULTS.density, ...stage },
    },
    resume: false,
    engine,
    source: endless(scale),
    augment,
    isCancelled: () => false,
    onEvent: (event) => {
      if (event.event === "epoch" && event.best) best = event.record.epoch;
    },
  });
  return { best, weights: (await readModel(path)).weights };
}

test("where no sample comes twice the last epoch is kept, whatever the validation says", async (context) => {
  // What counts is held against the truth, and against maps of the opposite sign: then the first epoch's, which are nearest to nothing, are best.
  const [right, opposite] = [await trained(context, 1), await trained(context, -20)];
  assert.notEqual(right.best, opposite.best);
  assert.deepEqual(right.weights, opposite.weights);
});
