import { Random } from "../base/random.js";
import { emptySamples, type Samples } from "./samples.js";
import { type SimulatedSetPlan, samplesOf } from "./simulated-plan.js";
import { simulatedRun } from "./simulated-run.js";

/** Samples of a plan without end are drawn in pools: enough simulations that a batch holds many of them. */
const LEAST_SAMPLES = 256;
const LEAST_RUNS = 32;

/** What samples are for; those of one purpose are never those of another. */
export type PoolPurpose = "training" | "validation";

/** A pool's simulations and samples. */
export function poolSize(plan: SimulatedSetPlan): { runs: number; samples: number } {
  const { samplesOfRun } = samplesOf(plan);
  const runs = Math.max(LEAST_RUNS, Math.ceil(LEAST_SAMPLES / samplesOfRun));
  return { runs, samples: runs * samplesOfRun };
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
  const { seed, side } = plan;
  const { framesPerSample, samplesOfRun } = samplesOf(plan);
  const { runs, samples } = poolSize(plan);
  const order = new Random(seed, purpose, "order", index).permutation(samples);
  const pool = emptySamples({ count: samples, framesPerSample, height: side, width: side });
  for (let run = 0; run < runs; run++) {
    const options = { stream: [purpose], threads: 0 };
    for await (const set of simulatedRun(plan, index * runs + run, options)) {
      const sample = order[run * samplesOfRun + set.sample]!;
      const at = (sample * framesPerSample + set.frame) * side * side;
      pool.input.set(set.input, at);
      pool.target.set(set.density, at);
      pool.segMap.set(set.segmentation, at);
    }
  }
  return pool;
}
