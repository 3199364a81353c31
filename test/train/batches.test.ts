import assert from "node:assert/strict";
import { test } from "node:test";
import { defcon } from "../../src/model/defcon.js";
import { Batches } from "../../src/train/batches.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { planStages } from "../../src/train/stages.js";
import { trainedSamples } from "../../src/train/stored-samples.js";
import { sourceOf, spotSamples } from "../support/training-set.js";

/** Samples whose every pixel is their number. */
const numbered = (() => {
  const samples = spotSamples(53, 16);
  for (let i = 0; i < samples.count; i++) samples.input.fill(i, i * 256, (i + 1) * 256);
  return sourceOf(samples);
})();
const [stage] = planStages(defcon, {
  ...TRAINING_DEFAULTS,
  set: "",
  output: "",
  checkpoints: "",
  segmentation: { batchSize: 8, epochs: 1, validationSplit: 0.1, learningRate: 1 },
});
const options = { source: numbered, stage: stage!, seed: 1, augment: undefined, segmentation: undefined };

const numbersOf = ({ input }: { input: Float32Array }) =>
  Array.from({ length: input.length / 256 }, (_, i) => input[256 * i]!);

test("the last tenth is held back, at least one sample is on either side", () => {
  assert.equal(trainedSamples(53, 0.1), 47);
  assert.equal(trainedSamples(100, 0.1), 90);
  assert.equal(trainedSamples(2, 0.1), 1);
  assert.equal(trainedSamples(2, 0.9), 1);
});

test("an epoch takes every other sample once, in whole batches in random order, another one each epoch", async () => {
  const batches = new Batches(options);
  assert.deepEqual([batches.count, batches.trained, batches.heldBack], [6, 47, 6]);
  const epochs = [0, 1].map((epoch) => [...batches.order(epoch)]);
  assert.notDeepEqual(epochs[0], epochs[1]);
  assert.deepEqual([...new Batches(options).order(1)], epochs[1]);
  const seen: number[] = [];
  for (const index of epochs[0]!) {
    const { batch } = await batches.training(0, index);
    const numbers = numbersOf(batch);
    assert.deepEqual(
      numbers,
      numbers.map((_, i) => 8 * index + i),
    );
    seen.push(...numbers);
  }
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 47 }, (_, i) => i),
  );
});

test("validation takes what was held back, in order and unchanged", async () => {
  const changed = { ...options, augment: () => assert.fail("a validation sample was changed") };
  const seen: number[] = [];
  for await (const batch of new Batches(changed).validation()) seen.push(...numbersOf(batch));
  assert.deepEqual(seen, [47, 48, 49, 50, 51, 52]);
});

test("dropout factors fit the layer, and depend on epoch and batch alone", async () => {
  const factors = async (epoch: number, index: number) =>
    (await new Batches(options).training(epoch, index)).dropout.get("dropout_seg")!;
  const first = await factors(2, 3);
  assert.equal(first.length, 8 * 64 * 4 * 4);
  assert.deepEqual(await factors(2, 3), first);
  assert.notDeepEqual(await factors(2, 4), first);
  assert.notDeepEqual(await factors(1, 3), first);
});
