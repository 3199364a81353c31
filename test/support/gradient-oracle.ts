import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import type { TrainingBatch } from "../../src/engine/engine.js";
import { readModel } from "../../src/formats/registry.js";
import type { DensityLoss } from "../../src/graph/losses.js";
import { type Stage, stageDropouts, stageWeights } from "../../src/graph/training.js";
import { traceLayers } from "../../src/model/layers.js";
import { elementCount } from "../../src/model/weights.js";
import { gatherParameters } from "../../src/train/stages.js";
import { RANDOM_MODEL } from "./oracle.js";

/** Losses and gradients by TensorFlow: scripts/oracle/training_fixtures.py. By the name of their stage. */
const oracle = JSON.parse(
  readFileSync(join(packageRoot, "test", "data", "training", "gradients.json"), "utf8"),
) as Record<string, OracleGradient>;

/** A loss, and of each weight's gradient the norm, the largest size and some values. */
export interface OracleGradient {
  loss: number;
  weights: Record<string, { norm: number; largest: number; stride: number; values: number[] }>;
}

const model = await readModel(RANDOM_MODEL);
const layers = traceLayers(model.architecture);
const firstDensity = 1 + layers.findIndex(({ row }) => row.kind === "conv" && row.head === "segmentation");
const [COUNT, HEIGHT, WIDTH] = [3, 20, 24];
const NOTHING: ReadonlySet<string> = new Set();

export const densityStage = (loss: DensityLoss, lambda: number): Stage => ({
  name: loss,
  layers: layers.slice(firstDensity),
  segmentation: false,
  density: { loss, lambda },
  frozen: NOTHING,
});

/** The stages of the oracle, of the random model. */
export const ORACLE_STAGES: readonly Stage[] = [
  {
    name: "segmentation",
    layers: layers.slice(0, firstDensity),
    segmentation: true,
    frozen: NOTHING,
  },
  densityStage("pixel_count", 0.01),
  densityStage("pixel", 0.01),
  densityStage("pixel_area", 0.5),
  densityStage("relative_count", 0.1),
  densityStage("local_count", 0.9),
  densityStage("log_local_count", 0.9),
  densityStage("log_max_local_count", 0.9),
  {
    name: "both",
    layers,
    segmentation: true,
    density: { loss: "pixel_count", lambda: 0.01 },
    frozen: NOTHING,
  },
];

/** The oracle's parameters of a stage. */
export function oracleParameters(stage: Stage): Float32Array {
  return gatherParameters(stage, model.weights);
}

const values = (length: number, of: (i: number) => number) => Float32Array.from({ length }, (_, i) => of(i));
const target = (i: number) => Math.max(0, Math.sin(0.13 * i)) ** 4;
const SIZE = COUNT * HEIGHT * WIDTH;

/** The batch of the oracle's script, by the same formulas. */
export const ORACLE_BATCH: Required<TrainingBatch> = {
  shape: [COUNT, HEIGHT, WIDTH],
  input: values(SIZE, (i) => (1 + Math.sin(0.76 * i + Math.sin(0.11 * i))) / 2),
  densityTarget: values(SIZE, target),
  segmentationTarget: values(SIZE, (i) => (target(i) > 0.3 ? 1 : 0)),
};

/** The oracle's dropout factors of a stage. */
export function oracleDropout(stage: Stage): Map<string, Float32Array> {
  return new Map(
    stageDropouts(stage).map(({ name, channels, scale }) => [
      name,
      values((channels * SIZE) / scale ** 2, (i) => ((7 * i) % 5 < 2 ? 0 : 5 / 3)),
    ]),
  );
}

/** A flat list in the order of a stage's weights, taken apart. */
export function byWeight(stage: Stage, flat: Float32Array): Map<string, Float32Array> {
  let at = 0;
  return new Map(
    stageWeights(stage).map(({ name, shape }) => {
      const part = flat.subarray(at, at + elementCount(shape));
      at += part.length;
      return [name, part];
    }),
  );
}

/** Asserts that a loss is TensorFlow's to 1e-5, and its gradient to 1e-4 of each weight's largest. */
export function assertOracleGradient(
  stage: Stage,
  loss: number,
  gradient: Float32Array,
  expected: OracleGradient = oracle[stage.name]!,
): void {
  assert.ok(Math.abs(loss / expected.loss - 1) < 1e-5, `${loss} instead of ${expected.loss}`);
  const parts = byWeight(stage, gradient);
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
}
