import assert from "node:assert/strict";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { channelBlock } from "../../src/engine/channel-block.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { BlockedGraph } from "../../src/graph/blocked-graph.js";
import { OnnxGraph } from "../../src/graph/onnx-graph.js";
import { DENSITY, FRAMES, portableGraph } from "../../src/graph/prediction.js";
import { gradientGraph, type Stage, stageDropouts, TRAINING } from "../../src/graph/training.js";
import { prepare } from "../../src/predict/prepare.js";
import { gatherParameters } from "../../src/train/stages.js";
import { assertOracleGradient } from "../support/gradient-oracle.js";
import { runGraph, type Values } from "../support/graph.js";
import { maxDifference } from "../support/oracle.js";
import {
  WINDOW_BATCH,
  WINDOW_MODEL,
  WINDOW_ORACLE,
  WINDOW_STAGES,
  windowDropout,
} from "../support/window-oracle.js";

const [COUNT, HEIGHT, WIDTH] = WINDOW_BATCH.shape;
const LARGEST = Math.max(...WINDOW_ORACLE.density.map(Math.abs));

test("the stored graph gives TensorFlow's map of every frame of a window, and zeros for a constant one", async () => {
  const frames = WINDOW_BATCH.input.map((value) => 100 + 3000 * value);
  const dims = [COUNT / 3, 3, HEIGHT, WIDTH];
  const graph = portableGraph(WINDOW_MODEL, {});
  const { [DENSITY]: map } = await runGraph(graph, { [FRAMES]: { dims, data: frames } });
  assert.ok(maxDifference(map!, WINDOW_ORACLE.density) < 1e-4 * LARGEST);
  const size = HEIGHT * WIDTH;
  frames.fill(7, size, 2 * size);
  const { [DENSITY]: dark } = await runGraph(graph, { [FRAMES]: { dims, data: frames } });
  assert.ok(dark!.subarray(size, 2 * size).every((value) => value === 0));
  assert.ok(dark!.subarray(0, size).some((value) => value !== 0));
});

test("the running graph gives each frame of a sequence the map of its window", async () => {
  const network = await (await startOnnxRuntime()).prepare(WINDOW_MODEL);
  const { values } = prepare({ count: COUNT, height: HEIGHT, width: WIDTH, pixels: WINDOW_BATCH.input }, 4);
  const size = HEIGHT * WIDTH;
  const of = (map: ArrayLike<number>, frame: number) =>
    Array.prototype.slice.call(map, frame * size, (frame + 1) * size);
  const together = await network.predict(values, [COUNT, HEIGHT, WIDTH]);
  for (const first of [0, 3]) {
    const window = values.slice(first * size, (first + 3) * size);
    const alone = await network.predict(window, [3, HEIGHT, WIDTH]);
    assert.ok(
      maxDifference(alone, WINDOW_ORACLE.density.slice(first * size, (first + 3) * size)) < 1e-4 * LARGEST,
    );
    for (const frame of first === 0 ? [0, 1] : [1, 2]) {
      assert.ok(maxDifference(of(alone, frame), of(together, first + frame)) < 1e-5 * LARGEST);
    }
  }
  await network.dispose();
});

test("its segmentation is the probability of an emitter, TensorFlow's softmax", async () => {
  const network = await (await startOnnxRuntime()).prepare(WINDOW_MODEL, "segmentation");
  const { values } = prepare({ count: COUNT, height: HEIGHT, width: WIDTH, pixels: WINDOW_BATCH.input }, 4);
  const map = await network.predict(values, [COUNT, HEIGHT, WIDTH]);
  const found = map.filter((_, i) => i % 7 === 0);
  assert.ok(maxDifference(found, WINDOW_ORACLE.segmentation) < 1e-5);
  await network.dispose();
});

function feedsOf(stage: Stage): Record<string, Values> {
  const map = (data: Float32Array): Values => ({ dims: [COUNT, 1, HEIGHT, WIDTH], data });
  const scalar = (value: number): Values => ({ dims: [], data: Float32Array.of(value) });
  const parameters = gatherParameters(stage, WINDOW_MODEL.weights);
  const factors = windowDropout(stage);
  return {
    [TRAINING.input]: map(WINDOW_BATCH.input),
    [TRAINING.densityTarget]: map(WINDOW_BATCH.densityTarget),
    [TRAINING.segmentationTarget]: map(WINDOW_BATCH.segmentationTarget),
    [TRAINING.perSample]: scalar(1 / COUNT),
    [TRAINING.perPixel]: scalar(1 / (COUNT * HEIGHT * WIDTH)),
    [TRAINING.parameters]: { dims: [parameters.length], data: parameters },
    ...Object.fromEntries(
      stageDropouts(stage).map(({ name, channels, scale }) => [
        name,
        { dims: [COUNT, channels, HEIGHT / scale, WIDTH / scale], data: factors.get(name)! },
      ]),
    ),
  };
}

const block = await channelBlock(runtime, (graph) => runtime.InferenceSession.create(graph));
const GRAPHS: Record<string, (() => OnnxGraph) | undefined> = {
  plain: () => new OnnxGraph(),
  blocked: block === undefined ? undefined : () => new BlockedGraph(block),
};

for (const [layout, newGraph] of Object.entries(GRAPHS)) {
  const skip = newGraph ? false : "this processor has no blocked layout";
  for (const stage of WINDOW_STAGES) {
    test(`the loss of windows and its gradient are TensorFlow's: ${stage.name}, ${layout}`, {
      skip,
    }, async () => {
      const { loss, gradient } = await runGraph(gradientGraph(stage, newGraph!()), feedsOf(stage));
      assertOracleGradient(stage, loss![0]!, gradient!, WINDOW_ORACLE.losses[stage.name]!);
    });
  }
}
