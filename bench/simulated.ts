import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../src/base/home.js";
import { readSimulatedSetPlan } from "../src/dataset/simulated-plan.js";
import { writeSimulatedSet } from "../src/dataset/simulated-set.js";
import { SampleReader } from "../src/dataset/training-set.js";
import type { Engine } from "../src/engine/engine.js";
import { adamRate } from "../src/graph/adam.js";
import { defcon } from "../src/model/defcon.js";
import { Batches } from "../src/train/batches.js";
import { DrawnSamples } from "../src/train/drawn-samples.js";
import { initialWeights } from "../src/train/initial-weights.js";
import type { SampleSource } from "../src/train/sample-source.js";
import { TRAINING_DEFAULTS } from "../src/train/settings.js";
import { gatherParameters, planStages } from "../src/train/stages.js";
import { StoredSamples } from "../src/train/stored-samples.js";

/** The plan of the shipped models. */
const PLAN = join(packageRoot, "models", "general-plan.json");
const BATCH = 16;
/** Steps of a turn, of which the first go unmeasured: what was drawn ahead while others were timed must not count. */
const [STEPS, UNMEASURED] = [160, 48];
const TURNS = 3;
const SET_RUNS = 400;

/** Samples a second of a training on simulated samples and of one on the same samples from a file, in turns. */
export async function simulatedOverFile(engine: Engine): Promise<{ simulated: number[]; file: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-bench-"));
  const path = join(folder, "set.h5");
  await writeSimulatedSet(path, { ...(await readSimulatedSetPlan(PLAN)), runs: SET_RUNS });
  const stored = new StoredSamples(await SampleReader.open(path));
  const drawn = await DrawnSamples.open(PLAN, 1_000_000);
  const rates = { simulated: [] as number[], file: [] as number[] };
  try {
    const [fromFile, simulated] = [await courseOf(engine, stored), await courseOf(engine, drawn)];
    for (let turn = 0; turn < TURNS; turn++) {
      rates.file.push(await fromFile(turn));
      rates.simulated.push(await simulated(turn));
    }
    return rates;
  } finally {
    await stored.close();
    await drawn.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns what trains for a turn and gives its samples a second */
async function courseOf(engine: Engine, source: SampleSource): Promise<(turn: number) => Promise<number>> {
  const [stage] = planStages(defcon, {
    ...TRAINING_DEFAULTS,
    ...{ set: "", output: "", checkpoints: "", order: "end-to-end", dropout: false },
    density: { ...TRAINING_DEFAULTS.density, loss: "local_count", batchSize: BATCH },
  });
  const parameters = gatherParameters(stage!, initialWeights(defcon, 1));
  const zeros = new Float32Array(parameters.length);
  const state = { parameters, mean: zeros, square: zeros };
  const training = await engine.prepareTraining(stage!, state, source.stored === undefined);
  const batches = new Batches({
    source,
    stage: stage!,
    seed: 1,
    augment: undefined,
    segmentation: undefined,
  });
  let steps = 0;
  return async (turn) => {
    let started = 0;
    for (let step = 0; step < STEPS; step++) {
      if (step === UNMEASURED) started = performance.now();
      const { batch, dropout } = await batches.training(0, (turn * STEPS + step) % batches.count);
      await training.step(batch, dropout, adamRate(1e-6, ++steps));
    }
    return (1000 * BATCH * (STEPS - UNMEASURED)) / (performance.now() - started);
  };
}
