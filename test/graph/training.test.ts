import assert from "node:assert/strict";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { channelBlock } from "../../src/engine/channel-block.js";
import { adamRate } from "../../src/graph/adam.js";
import { BlockedGraph } from "../../src/graph/blocked-graph.js";
import { OnnxGraph } from "../../src/graph/onnx-graph.js";
import {
  gradientGraph,
  lossGraph,
  type Stage,
  stageDropouts,
  TRAINING,
  trainingGraph,
} from "../../src/graph/training.js";
import {
  assertOracleGradient,
  byWeight,
  densityStage,
  ORACLE_BATCH,
  ORACLE_STAGES,
  oracleDropout,
  oracleParameters,
} from "../support/gradient-oracle.js";
import { runGraph, type Values } from "../support/graph.js";

/** The oracle's batch as a graph takes it. */
function feedsOf(stage: Stage): Record<string, Values> {
  const { shape, input, densityTarget, segmentationTarget } = ORACLE_BATCH;
  const [count, height, width] = shape;
  const map = (data: Float32Array): Values => ({ dims: [count, 1, height, width], data });
  const scalar = (value: number): Values => ({ dims: [], data: Float32Array.of(value) });
  const parameters = oracleParameters(stage);
  const feeds: Record<string, Values> = {
    [TRAINING.input]: map(input),
    [TRAINING.densityTarget]: map(densityTarget),
    [TRAINING.segmentationTarget]: map(segmentationTarget),
    [TRAINING.perSample]: scalar(1 / count),
    [TRAINING.perPixel]: scalar(1 / (count * height * width)),
    [TRAINING.parameters]: { dims: [parameters.length], data: parameters },
  };
  const factors = oracleDropout(stage);
  for (const { name, channels, scale } of stageDropouts(stage)) {
    feeds[name] = { dims: [count, channels, height / scale, width / scale], data: factors.get(name)! };
  }
  return feeds;
}

const block = await channelBlock(runtime, (graph) => runtime.InferenceSession.create(graph));
const GRAPHS: Record<string, (() => OnnxGraph) | undefined> = {
  plain: () => new OnnxGraph(),
  blocked: block === undefined ? undefined : () => new BlockedGraph(block),
};

for (const [stage, [layout, newGraph]] of ORACLE_STAGES.flatMap((stage) =>
  Object.entries(GRAPHS).map((graph) => [stage, graph] as const),
)) {
  const skip = newGraph ? false : "this processor has no blocked layout";
  test(`the loss ${stage.name} and its gradient are TensorFlow's, ${layout}`, { skip }, async () => {
    const { loss, gradient } = await runGraph(gradientGraph(stage, newGraph!()), feedsOf(stage));
    assertOracleGradient(stage, loss![0]!, gradient!);
  });
}

test("without dropout the loss graph gives what the gradient graph gives with factors of 1", async () => {
  for (const stage of ORACLE_STAGES) {
    const feeds = feedsOf(stage);
    for (const { name } of stageDropouts(stage)) feeds[name]!.data.fill(1);
    const { loss } = await runGraph(lossGraph(stage), feeds);
    const { loss: other } = await runGraph(gradientGraph(stage), feeds);
    assert.ok(Math.abs(loss![0]! / other![0]! - 1) < 1e-6);
  }
});

test("a step moves the parameters as Adam's formulas say, and leaves frozen layers as they are", async () => {
  const frozen = new Set(["conv_1", "deconv_2"]);
  const stage: Stage = { ...densityStage("pixel_count", 0.01), frozen };
  const feeds = feedsOf(stage);
  const { gradient } = await runGraph(gradientGraph(densityStage("pixel_count", 0.01)), feeds);
  const count = gradient!.length;
  const flat = (of: (i: number) => number): Values => ({
    dims: [count],
    data: Float32Array.from({ length: count }, (_, i) => of(i)),
  });
  const rate = adamRate(1e-3, 3);
  assert.ok(Math.abs(rate - (1e-3 * Math.sqrt(1 - 0.999 ** 3)) / (1 - 0.9 ** 3)) < 1e-12);
  const still = byWeight(stage, new Float32Array(count));
  for (const [name, part] of still) part.fill(frozen.has(name.split("/")[0]!) ? 1 : 0);
  const isStill = (i: number) => [...still.values()].flatMap((part) => [...part])[i] === 1;
  const mean = flat((i) => Math.sin(i) / 10);
  const square = flat((i) => 0.02 + Math.cos(i) / 100);
  const after = await runGraph(trainingGraph(stage), {
    ...feeds,
    [TRAINING.mean]: mean,
    [TRAINING.square]: square,
    [TRAINING.rate]: { dims: [], data: Float32Array.of(rate) },
  });
  const before = feeds[TRAINING.parameters]!.data;
  for (let i = 0; i < count; i += 997) {
    const g = isStill(i) ? 0 : gradient![i]!;
    const m = 0.9 * mean.data[i]! + 0.1 * g;
    const v = 0.999 * square.data[i]! + 0.001 * g * g;
    const expected = before[i]! - (rate * m) / (Math.sqrt(v) + 1e-7);
    assert.ok(Math.abs(after[TRAINING.nextMean]![i]! - m) < 1e-5 * (1 + Math.abs(m)), `mean ${i}`);
    assert.ok(Math.abs(after[TRAINING.nextSquare]![i]! - v) < 1e-5 * (1 + v), `square ${i}`);
    assert.ok(Math.abs(after[TRAINING.nextParameters]![i]! - expected) < 1e-6, `parameter ${i}`);
  }
  const fresh = { [TRAINING.mean]: flat(() => 0), [TRAINING.square]: flat(() => 0) };
  const first = await runGraph(trainingGraph(stage), {
    ...feeds,
    ...fresh,
    [TRAINING.rate]: { dims: [], data: Float32Array.of(rate) },
  });
  const [old, now] = [byWeight(stage, before), byWeight(stage, first[TRAINING.nextParameters]!)];
  for (const name of old.keys()) {
    if (frozen.has(name.split("/")[0]!)) assert.deepEqual(now.get(name), old.get(name));
    else assert.notDeepEqual(now.get(name), old.get(name));
  }
});
