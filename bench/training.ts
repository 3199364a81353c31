import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadHdf5 } from "../src/base/hdf5.js";
import { packageRoot } from "../src/base/home.js";
import { Random } from "../src/base/random.js";
import type { Engine } from "../src/engine/engine.js";
import { adamRate } from "../src/graph/adam.js";
import { stageDropouts } from "../src/graph/training.js";
import { defcon } from "../src/model/defcon.js";
import { fillDropout } from "../src/train/dropout.js";
import { initialWeights } from "../src/train/initial-weights.js";
import { TRAINING_DEFAULTS } from "../src/train/settings.js";
import { gatherParameters, planStages } from "../src/train/stages.js";
import { spotsFrame } from "./frames.js";
import { residentMegabytes } from "./statistics.js";

const [COUNT, SIDE] = [32, 64];

/** One step of 32 frames of 64x64 of each stage, dropout factors drawn anew. */
export async function trainingSteps(
  engine: Engine,
): Promise<Record<"segmentation" | "density", () => Promise<unknown>>> {
  const random = new Random(1, "bench");
  const values = (of: () => number) => Float32Array.from({ length: COUNT * SIDE * SIDE }, of);
  const target = values(() => (random.uniform() > 0.97 ? 1 : 0));
  const input = values(() => random.uniform());
  const batch = {
    shape: [COUNT, SIDE, SIDE] as const,
    input,
    segmentationTarget: target,
    densityTarget: target,
  };
  const weights = initialWeights(defcon, 1);
  const stages = planStages(defcon, { ...TRAINING_DEFAULTS, set: "", output: "", checkpoints: "" });
  const steps = await Promise.all(
    stages.map(async (stage) => {
      const parameters = gatherParameters(stage, weights);
      const zeros = new Float32Array(parameters.length);
      const training = await engine.prepareTraining(stage, { parameters, mean: zeros, square: zeros });
      let count = 0;
      const step = async () => {
        const dropout = new Map(
          stageDropouts(stage).map(({ name, rate, channels, scale }) => {
            const factors = new Float32Array((COUNT * channels * SIDE * SIDE) / scale ** 2);
            fillDropout(factors, rate, random);
            return [name, factors] as const;
          }),
        );
        await training.step(batch, dropout, adamRate(1e-3, ++count));
      };
      for (let i = 0; i < 3; i++) await step();
      return step;
    }),
  );
  return { segmentation: steps[0]!, density: steps[1]! };
}

/** Resident memory of a training over a set of so many frames, MB, from its first to its last step. */
export async function trainingMemory(samples: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-bench-"));
  try {
    const set = join(folder, "set.h5");
    await writeLargeSet(set, samples);
    const args = ["train", "--set", set, "-o", join(folder, "out"), "--epochs", "1", "--json"];
    const child = spawn(process.execPath, [join(packageRoot, "bin", "defcon-fiji.js"), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const readings: number[] = [];
    for await (const _ of createInterface({ input: child.stdout }))
      readings.push(residentMegabytes(child.pid!));
    if (child.exitCode === null) await once(child, "exit");
    return readings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeLargeSet(path: string, samples: number): Promise<void> {
  const openHdf5 = await loadHdf5();
  const file = openHdf5(path, "w");
  const frame = Float64Array.from(spotsFrame(SIDE), (value) => value / 65_535);
  const empty = new Float64Array(SIDE * SIDE);
  for (const [group, data, dtype] of [
    ["input", frame, "<d"],
    ["target", empty.fill(1e-3), "<d"],
    ["seg_map", new BigInt64Array(SIDE * SIDE), "<q"],
  ] as const) {
    file.create_group(group);
    const shape = [1, SIDE, SIDE, 1];
    const maxshape = [null as unknown as number, SIDE, SIDE, 1];
    const name = `${group}/${group}`;
    const dataset = file.create_dataset({ name, data, shape, maxshape, chunks: shape, dtype });
    dataset.resize([samples, SIDE, SIDE, 1]);
    for (let i = 1; i < samples; i++) dataset.write_slice([[i, i + 1], [], [], []], data);
  }
  file.close();
}
