import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { SIMULATED_TRAINING_DEFAULTS, TRAINING_DEFAULTS } from "../../src/train/settings.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
} from "../../src/train/settings-table.js";

const read = (...path: string[]) => readFileSync(join(packageRoot, ...path), "utf8");

/** The names of a message's fields, as JavaScript has them. */
function fields(message: string): string[] {
  const proto = read("src", "protocol", "defcon.proto");
  const body = new RegExp(`^message ${message} \\{\\n([^}]*)\\}`, "m").exec(proto)![1]!;
  return [...body.matchAll(/^ +(?:(?:optional|repeated) )?\w+ (\w+) = \d+;/gm)]
    .map(([, name]) => name!.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    .toSorted();
}

test("the wire has a field for each setting, and no other", () => {
  const named = (...tables: object[]) => tables.flatMap(Object.keys).toSorted();
  assert.deepEqual(fields("StageSettings"), named(STAGE_SETTINGS, DENSITY_SETTINGS));
  assert.deepEqual(fields("SimulatedLength"), named(LENGTH_SETTINGS));
  const stages = { segmentation: 0, density: 0, simulate: 0 };
  assert.deepEqual(fields("TrainingSettings"), named(FILE_SETTINGS, MODEL_SETTINGS, RUN_SETTINGS, stages));
});

test("defaults are the original's, and on simulated samples those of the shipped models", () => {
  const stage = { batchSize: 32, epochs: 15, validationSplit: 0.1, learningRate: 0.001 };
  const original = {
    name: "defcon",
    architecture: "defcon",
    order: "stages",
    segmentation: stage,
    density: { ...stage, loss: "pixel_count", lambda: 0.01 },
    patience: 1,
    seed: 42,
    augment: false,
    dropout: true,
    freeze: [],
    engine: "auto",
  };
  assert.deepEqual(TRAINING_DEFAULTS, original);
  assert.deepEqual(SIMULATED_TRAINING_DEFAULTS, {
    ...original,
    order: "both",
    segmentation: { ...stage, batchSize: 16 },
    density: { ...stage, batchSize: 16, loss: "local_count", lambda: 0.9 },
    dropout: false,
  });
});

test("the dialog in Fiji starts from the same values", () => {
  const folder = ["java-bridge", "src", "main", "java", "org", "defconfiji", "train"];
  const dialog = read(...folder, "TrainOptions.java");
  const initial = (option: string) =>
    new RegExp(`Option ${option} =\\s+Option\\.number\\(\\s*"[^"]*",\\s*"([^"]*)"`).exec(dialog)?.[1];
  assert.equal(initial("EPOCHS"), String(STAGE_SETTINGS.epochs.default));
  assert.equal(initial("BATCH"), String(STAGE_SETTINGS.batchSize.default));
  assert.equal(initial("PATIENCE"), String(RUN_SETTINGS.patience.default));
  assert.equal(initial("MINUTES"), String(LENGTH_SETTINGS.minutes.simulated));
});
