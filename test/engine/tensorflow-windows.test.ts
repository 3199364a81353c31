import assert from "node:assert/strict";
import { test } from "node:test";
import { startTensorFlow } from "../../src/engine/tensorflow.js";
import { ADAM } from "../../src/graph/adam.js";
import { prepare } from "../../src/predict/prepare.js";
import { gatherParameters } from "../../src/train/stages.js";
import { assertOracleGradient } from "../support/gradient-oracle.js";
import { maxDifference } from "../support/oracle.js";
import { withoutTensorFlow as skip } from "../support/tensorflow.js";
import {
  WINDOW_BATCH,
  WINDOW_MODEL,
  WINDOW_ORACLE,
  WINDOW_STAGES,
  windowDropout,
} from "../support/window-oracle.js";

const [COUNT, HEIGHT, WIDTH] = WINDOW_BATCH.shape;
const SIZE = HEIGHT * WIDTH;

for (const stage of WINDOW_STAGES) {
  test(`the loss of windows and its gradient are TensorFlow's own: ${stage.name}`, { skip }, async () => {
    const parameters = gatherParameters(stage, WINDOW_MODEL.weights);
    const zeros = () => new Float32Array(parameters.length);
    const training = await (await startTensorFlow("cpu")).prepareTraining(stage, {
      parameters,
      mean: zeros(),
      square: zeros(),
    });
    const loss = await training.step(WINDOW_BATCH, windowDropout(stage), 0);
    const gradient = training.state().mean.map((value) => value / (1 - ADAM.beta1));
    assertOracleGradient(stage, loss, gradient, WINDOW_ORACLE.losses[stage.name]!);
    await training.dispose();
  });
}

test("a sequence's first, middle and last frames get TensorFlow's maps of their windows", {
  skip,
}, async () => {
  const engine = await startTensorFlow("cpu");
  const network = await engine.prepare(WINDOW_MODEL);
  const { values } = prepare({ count: COUNT, height: HEIGHT, width: WIDTH, pixels: WINDOW_BATCH.input }, 4);
  const map = await network.predict(values, [COUNT, HEIGHT, WIDTH]);
  const largest = Math.max(...WINDOW_ORACLE.density.map(Math.abs));
  for (const frame of [0, 1, 4, 5]) {
    const [from, to] = [frame * SIZE, (frame + 1) * SIZE];
    const expected = WINDOW_ORACLE.density.slice(from, to);
    assert.ok(maxDifference(map.subarray(from, to), expected) < 1e-4 * largest, `frame ${frame}`);
  }
  await network.dispose();
});

test("its segmentation is the probability of an emitter", { skip }, async () => {
  const network = await (await startTensorFlow("cpu")).prepare(WINDOW_MODEL, "segmentation");
  const { values } = prepare({ count: COUNT, height: HEIGHT, width: WIDTH, pixels: WINDOW_BATCH.input }, 4);
  const map = await network.predict(values, [COUNT, HEIGHT, WIDTH]);
  assert.ok(
    maxDifference(
      map.filter((_, i) => i % 7 === 0),
      WINDOW_ORACLE.segmentation,
    ) < 1e-5,
  );
  await network.dispose();
});
