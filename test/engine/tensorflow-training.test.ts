import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, StageState } from "../../src/engine/engine.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { startTensorFlow } from "../../src/engine/tensorflow.js";
import { loadBinding } from "../../src/engine/tfjs-binding.js";
import { ADAM } from "../../src/graph/adam.js";
import type { Stage } from "../../src/graph/training.js";
import { defconFast } from "../../src/model/defcon-fast.js";
import { initialWeights } from "../../src/train/initial-weights.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { gatherParameters, planStages } from "../../src/train/stages.js";
import {
  assertOracleGradient,
  byWeight,
  densityStage,
  ORACLE_BATCH,
  ORACLE_STAGES,
  oracleDropout,
  oracleParameters,
} from "../support/gradient-oracle.js";
import { maxDifference } from "../support/oracle.js";
import { withoutTensorFlow as skip } from "../support/tensorflow.js";

const FROZEN = new Set(["conv_1", "deconv_2"]);
const FAST = planStages(defconFast, { ...TRAINING_DEFAULTS, set: "", output: "", checkpoints: "" });

/** Stages with parameters to begin at: the oracle's, one of which layers are frozen, and the other network's. */
const STARTS: [Stage, Float32Array][] = [
  ...[...ORACLE_STAGES, { ...densityStage("pixel_count", 0.01), name: "frozen", frozen: FROZEN }].map(
    (stage): [Stage, Float32Array] => [stage, oracleParameters(stage)],
  ),
  ...FAST.map((stage): [Stage, Float32Array] => [
    stage,
    gatherParameters(stage, initialWeights(defconFast, 1)),
  ]),
];

/** A state as it might be in the middle of a training. */
function stateWith(parameters: Float32Array): StageState {
  return {
    parameters,
    mean: parameters.map((_, i) => Math.sin(i) / 10),
    square: parameters.map((_, i) => 0.02 + Math.cos(i) / 100),
  };
}

function zeroState(parameters: Float32Array): StageState {
  const zeros = () => new Float32Array(parameters.length);
  return { parameters, mean: zeros(), square: zeros() };
}

for (const stage of ORACLE_STAGES) {
  test(`the loss ${stage.name} and its gradient are TensorFlow's own`, { skip }, async () => {
    const engine = await startTensorFlow("cpu");
    const training = await engine.prepareTraining(stage, zeroState(oracleParameters(stage)));
    const loss = await training.step(ORACLE_BATCH, oracleDropout(stage), 0);
    const gradient = training.state().mean.map((value) => value / (1 - ADAM.beta1));
    assertOracleGradient(stage, loss, gradient);
    assert.deepEqual(training.state().parameters, oracleParameters(stage));
    await training.dispose();
  });
}

/** Two steps, and the loss after them. */
async function twoSteps(engine: Engine, stage: Stage, parameters: Float32Array) {
  const training = await engine.prepareTraining(stage, stateWith(parameters));
  const losses = [];
  for (const rate of [1e-3, 2e-3]) losses.push(await training.step(ORACLE_BATCH, oracleDropout(stage), rate));
  losses.push(await training.loss(ORACLE_BATCH));
  const state = training.state();
  await training.dispose();
  return { losses, state };
}

test("steps of every stage, with frozen layers too, are the default engine's, Adam's memory included", {
  skip,
}, async () => {
  const engines = [await startTensorFlow("cpu"), await startOnnxRuntime()] as const;
  for (const [stage, parameters] of STARTS) {
    const [ours, theirs] = [
      await twoSteps(engines[0], stage, parameters),
      await twoSteps(engines[1], stage, parameters),
    ];
    for (const [i, loss] of ours.losses.entries()) {
      assert.ok(Math.abs(loss / theirs.losses[i]! - 1) < 1e-4, `${stage.name}: loss ${i}`);
    }
    for (const list of ["parameters", "mean", "square"] as const) {
      const [found, expected] = [ours.state[list], theirs.state[list]];
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(maxDifference(found, expected) < 1e-4 * largest, `${stage.name}: ${list}`);
    }
  }
});

test("frozen layers have no gradient, and without memory of one they stay as they are", {
  skip,
}, async () => {
  const stage: Stage = { ...densityStage("pixel_count", 0.01), frozen: FROZEN };
  const parameters = oracleParameters(stage);
  const training = await (await startTensorFlow("cpu")).prepareTraining(stage, zeroState(parameters));
  await training.step(ORACLE_BATCH, oracleDropout(stage), 1e-3);
  const before = byWeight(stage, parameters);
  for (const [name, part] of byWeight(stage, training.state().parameters)) {
    assert.equal(
      maxDifference(part, before.get(name)!) === 0,
      FROZEN.has(name.slice(0, name.lastIndexOf("/"))),
      name,
    );
  }
  await training.dispose();
});

test("a constant frame is normalised to zeros in training too", { skip }, async () => {
  const [stage, parameters] = [FAST[0]!, gatherParameters(FAST[0]!, initialWeights(defconFast, 1))];
  const training = await (await startTensorFlow("cpu")).prepareTraining(stage, zeroState(parameters));
  const shape = [1, 16, 16] as const;
  const densityTarget = new Float32Array(256).fill(0.01);
  const losses = [];
  for (const value of [0, 0.3]) {
    losses.push(await training.loss({ shape, input: new Float32Array(256).fill(value), densityTarget }));
  }
  assert.ok(Number.isFinite(losses[0]) && losses[0] === losses[1], String(losses));
  await training.dispose();
});

test("steps leave no tensor behind, failed ones neither, and the end leaves none at all", {
  skip,
}, async () => {
  const { tf } = await loadBinding(["@tensorflow/tfjs-node"]);
  const engine = await startTensorFlow("cpu");
  for (const [stage, parameters] of STARTS) {
    const before = tf.memory().numTensors;
    const training = await engine.prepareTraining(stage, zeroState(parameters));
    const counts = [];
    for (let i = 0; i < 3; i++) {
      await training.step(ORACLE_BATCH, oracleDropout(stage), 1e-3);
      await training.loss(ORACLE_BATCH);
      counts.push(tf.memory().numTensors);
    }
    const short = { ...ORACLE_BATCH, input: new Float32Array(5) };
    await assert.rejects(training.step(short, oracleDropout(stage), 1e-3), { code: "ENGINE_FAILED" });
    counts.push(tf.memory().numTensors);
    assert.deepEqual(
      counts,
      counts.map(() => before + 3),
    );
    await training.dispose();
    assert.equal(tf.memory().numTensors, before, stage.name);
  }
});
