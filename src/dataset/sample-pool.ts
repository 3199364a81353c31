import { Random } from "../base/random.js";
import { WINDOW } from "../model/layers.js";
import { emptySamples, type Samples } from "./samples.js";
import type { SimulatedSetPlan } from "./simulated-plan.js";
import { simulatedRun } from "./simulated-run.js";

/** Samples of a plan without end are drawn in pools: enough simulations that a batch holds many of them. */
const LEAST_SAMPLES = 256;
const LEAST_RUNS = 32;

/** What samples are for; those of one purpose are never those of another. */
export type PoolPurpose = "training" | "validation";

/** A pool's simulations, and the samples of each; frames of a simulation that are too few for a sample are left out. */
export function poolSize({ frames, temporal }: SimulatedSetPlan): { runs: number; samplesOfRun: number } {
  const samplesOfRun = Math.floor(frames / (temporal ? WINDOW : 1));
  return { runs: Math.max(LEAST_RUNS, Math.ceil(LEAST_SAMPLES / samplesOfRun)), samplesOfRun };
}

/**
 * Draws a pool of samples, in random order.
 * @param index which one; the same plan, purpose and index give the same samples
 * @throws InputError INPUT_OPTION for settings that do not go together
 */
export async function drawPool(
  plan: SimulatedSetPlan,
  purpose: PoolPurpose,
  index: number,
): Promise<Samples> {
  const { seed, frames, side } = plan;
  const framesPerSample = plan.temporal ? WINDOW : 1;
  const { runs, samplesOfRun } = poolSize(plan);
  const samples = runs * samplesOfRun;
  const order = new Random(seed, purpose, "order", index).permutation(samples);
  const pool = emptySamples({ count: samples, framesPerSample, height: side, width: side });
  const leftOut = frames % framesPerSample;
  for (let run = 0; run < runs; run++) {
    const options = { stream: [purpose], threads: 0 };
    for await (const frame of simulatedRun(plan, index * runs + run, options)) {
      if (frame.index < leftOut) continue;
      const within = frame.index - leftOut;
      const sample = order[run * samplesOfRun + Math.floor(within / framesPerSample)]!;
      const at = (sample * framesPerSample + (within % framesPerSample)) * side * side;
      pool.input.set(frame.input, at);
      pool.target.set(frame.density, at);
      pool.segMap.set(frame.segmentation, at);
    }
  }
  return pool;
}
