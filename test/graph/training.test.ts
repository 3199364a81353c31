import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { packageRoot } from "../../src/base/home.js";
import { channelBlock } from "../../src/engine/channel-block.js";
import { readModel } from "../../src/formats/registry.js";
import { adamRate } from "../../src/graph/adam.js";
import { BlockedGraph } from "../../src/graph/blocked-graph.js";
import type { DensityLoss } from "../../src/graph/losses.js";
import { OnnxGraph } from "../../src/graph/onnx-graph.js";
import {
  gradientGraph,
  lossGraph,
  type Stage,
  stageDropouts,
  stageWeights,
  TRAINING,
  trainingGraph,
} from "../../src/graph/training.js";
import { traceLayers } from "../../src/model/layers.js";
import { elementCount } from "../../src/model/weights.js";
import { runGraph, type Values } from "../support/graph.js";
import { RANDOM_MODEL } from "../support/oracle.js";

interface OracleGradients {
  loss: number;
  weights: Record<string, { norm: number; largest: number; stride: number; values: number[] }>;
}

const oracle = JSON.parse(
  readFileSync(join(packageRoot, "test", "data", "training", "gradients.json"), "utf8"),
) as Record<string, OracleGradients>;

const model = await readModel(RANDOM_MODEL);
const layers = traceLayers(model.architecture);
const firstDensity = 1 + layers.findIndex(({ row }) => row.kind === "conv" && row.head === "segmentation");
const [COUNT, HEIGHT, WIDTH] = [3, 20, 24];
const NOTHING: ReadonlySet<string> = new Set();

const densityStage = (loss: DensityLoss, lambda: number): Stage => ({
  name: loss,
  layers: layers.slice(firstDensity),
  segmentation: false,
  density: { loss, lambda },
  frozen: NOTHING,
});
const segmentationStage: Stage = {
  name: "segmentation",
  layers: layers.slice(0, firstDensity),
  segmentation: true,
  frozen: NOTHING,
};
const STAGES: readonly Stage[] = [
  segmentationStage,
  densityStage("pixel_count", 0.01),
  densityStage("pixel", 0.01),
  densityStage("pixel_area", 0.5),
  densityStage("relative_count", 0.1),
  {
    name: "both",
    layers,
    segmentation: true,
    density: { loss: "pixel_count", lambda: 0.01 },
    frozen: NOTHING,
  },
];

/** The batch of the oracle's script, by the same formulas. */
function feedsOf(stage: Stage): Record<string, Values> {
  const values = (dims: readonly number[], of: (i: number) => number): Values => ({
    dims,
    data: Float32Array.from({ length: elementCount(dims) }, (_, i) => of(i)),
  });
  const map = [COUNT, 1, HEIGHT, WIDTH];
  const target = (i: number) => Math.max(0, Math.sin(0.13 * i)) ** 4;
  const specs = stageWeights(stage);
  const parameters = specs.flatMap(({ name }) => [...model.weights.get(name)!.data]);
  const feeds: Record<string, Values> = {
    [TRAINING.input]: values(map, (i) => (1 + Math.sin(0.7 * i + Math.sin(0.11 * i))) / 2),
    [TRAINING.densityTarget]: values(map, target),
    [TRAINING.segmentationTarget]: values(map, (i) => (target(i) > 0.3 ? 1 : 0)),
    [TRAINING.perSample]: values([], () => 1 / COUNT),
    [TRAINING.perPixel]: values([], () => 1 / (COUNT * HEIGHT * WIDTH)),
    [TRAINING.parameters]: { dims: [parameters.length], data: Float32Array.from(parameters) },
  };
  for (const { name, channels, scale } of stageDropouts(stage)) {
    const dims = [COUNT, channels, HEIGHT / scale, WIDTH / scale];
    feeds[name] = values(dims, (i) => ((7 * i) % 5 < 2 ? 0 : 5 / 3));
  }
  return feeds;
}

/** A flat list in the order of a stage's weights, taken apart. */
function byWeight(stage: Stage, flat: Float32Array): Map<string, Float32Array> {
  let at = 0;
  return new Map(
    stageWeights(stage).map(({ name, shape }) => {
      const part = flat.subarray(at, at + elementCount(shape));
      at += part.length;
      return [name, part];
    }),
  );
}

const block = await channelBlock(runtime, (graph) => runtime.InferenceSession.create(graph));
const GRAPHS: Record<string, (() => OnnxGraph) | undefined> = {
  plain: () => new OnnxGraph(),
  blocked: block === undefined ? undefined : () => new BlockedGraph(block),
};

for (const [stage, [layout, newGraph]] of STAGES.flatMap((stage) =>
  Object.entries(GRAPHS).map((graph) => [stage, graph] as const),
)) {
  const skip = newGraph ? false : "this processor has no blocked layout";
  test(`the loss ${stage.name} and its gradient are TensorFlow's, ${layout}`, { skip }, async () => {
    const expected = oracle[stage.name]!;
    const { loss, gradient } = await runGraph(gradientGraph(stage, newGraph!()), feedsOf(stage));
    assert.ok(Math.abs(loss![0]! / expected.loss - 1) < 1e-5, `${loss![0]} instead of ${expected.loss}`);
    const parts = byWeight(stage, gradient!);
    assert.deepEqual([...parts.keys()].sort(), Object.keys(expected.weights).sort());
    for (const [name, { norm, largest, stride, values }] of Object.entries(expected.weights)) {
      const part = parts.get(name)!;
      const found = Math.hypot(...part);
      assert.ok(Math.abs(found / norm - 1) < 1e-4, `${name}: norm ${found} instead of ${norm}`);
      for (const [i, value] of values.entries()) {
        const error = Math.abs(part[i * stride]! - value) / largest;
        assert.ok(error < 1e-4, `${name}[${i * stride}]: ${part[i * stride]} instead of ${value}`);
      }
    }
  });
}

test("without dropout the loss graph gives what the gradient graph gives with factors of 1", async () => {
  for (const stage of STAGES) {
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
