import assert from "node:assert/strict";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { stageDropouts, stageWeights } from "../../src/graph/training.js";
import { defcon } from "../../src/model/defcon.js";
import { defconFast } from "../../src/model/defcon-fast.js";
import { elementCount, parameterCount } from "../../src/model/weights.js";
import { initialWeights } from "../../src/train/initial-weights.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "../../src/train/settings.js";
import { gatherParameters, planStages, withParameters } from "../../src/train/stages.js";

const settings: TrainingSettings = { ...TRAINING_DEFAULTS, set: "set.h5", output: "out", checkpoints: "out" };

test("the two stages have the published numbers of parameters and share no layer", () => {
  const stages = planStages(defcon, settings);
  const parameters = stages.map((stage) =>
    stageWeights(stage).reduce((sum, { shape }) => sum + elementCount(shape), 0),
  );
  assert.deepEqual(
    stages.map(({ name }) => name),
    ["segmentation", "density"],
  );
  assert.deepEqual(parameters, [40_072, 112_912 - 40_072]);
  assert.deepEqual(
    stages.map(({ readsSegmentation }) => readsSegmentation),
    [false, true],
  );
});

test("both heads together are one stage of all parameters", () => {
  const [stage, ...others] = planStages(defcon, { ...settings, order: "both" });
  assert.deepEqual(others, []);
  assert.equal(gatherParameters(stage!, initialWeights(defcon, 1)).length, 112_912);
});

test("a training end to end compares the density map alone; a network without a segmentation is always trained so", () => {
  for (const [architecture, order] of [
    [defcon, "end-to-end"],
    [defconFast, "stages"],
  ] as const) {
    const [stage, ...others] = planStages(architecture, { ...settings, order });
    assert.deepEqual(others, []);
    assert.equal(stage!.segmentation, false);
    assert.equal(stage!.density!.loss, "pixel_count");
    const parameters = gatherParameters(stage!, initialWeights(architecture, 1));
    assert.equal(parameters.length, parameterCount(architecture));
  }
  assert.throws(() => planStages(defconFast, { ...settings, freeze: ["segmentation"] }), {
    message: /expected density or layers of defcon-fast: fast_conv_1/,
  });
});

test("without dropout a stage has no dropout layers, and the same parameters", () => {
  const [withDropout, without] = [true, false].map((dropout) =>
    planStages(defcon, { ...settings, order: "end-to-end", dropout }),
  );
  assert.deepEqual(
    stageDropouts(withDropout![0]!).map(({ name }) => name),
    ["dropout_seg", "dropout"],
  );
  assert.deepEqual(stageDropouts(without![0]!), []);
  assert.deepEqual(stageWeights(without![0]!), stageWeights(withDropout![0]!));
});

test("a stage of which everything is frozen is left out; freezing all, or what does not exist, is an error", () => {
  const plan = (...freeze: string[]) => planStages(defcon, { ...settings, freeze });
  assert.deepEqual(
    plan("segmentation").map(({ name }) => name),
    ["density"],
  );
  assert.deepEqual([...plan("conv_1", "conv_5")[1]!.frozen], ["conv_1", "conv_5"]);
  const isConfigError = (error: unknown) => error instanceof DefconError && error.code === "TRAINING_CONFIG";
  assert.throws(() => plan("segmentation", "density"), isConfigError);
  assert.throws(() => plan("conv_6"), isConfigError);
  assert.throws(() => plan("dropout"), isConfigError);
});

test("parameters taken out of a network and put back are the same, others are left alone", () => {
  const weights = initialWeights(defcon, 3);
  const [, density] = planStages(defcon, settings);
  const list = gatherParameters(density!, weights);
  assert.deepEqual(withParameters(weights, density!, list), weights);
  const changed = withParameters(
    weights,
    density!,
    list.map((value) => value + 1),
  );
  assert.deepEqual(changed.get("seg/kernel"), weights.get("seg/kernel"));
  assert.deepEqual(
    changed.get("density/kernel")!.data,
    weights.get("density/kernel")!.data.map((v) => v + 1),
  );
});
