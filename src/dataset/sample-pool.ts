import { Random } from "../base/random.js";
import { emptySamples, type Samples } from "./samples.js";
import { type SimulatedSetPlan, samplesOf } from "./simulated-plan.js";
import { simulatedRun } from "./simulated-run.js";

/** Least samples of a pool. A batch then holds samples of many simulations. */
const LEAST_SAMPLES = 256;
const LEAST_RUNS = 32;

/** What samples are for. Different purposes never get the same samples. */
export type PoolPurpose = "training" | "validation";

/** A pool's number of simulations and of samples. */
export function poolSize(plan: SimulatedSetPlan): { runs: number; samples: number } {
  const { samplesOfRun } = samplesOf(plan);
  const runs = Math.max(LEAST_RUNS, Math.ceil(LEAST_SAMPLES / samplesOfRun));
  return { runs, samples: runs * samplesOfRun };
}

/**
 * Simulates a pool of samples, in random order.
 * @param index of the pool; the same plan, purpose and index give the same samples
 * @throws InputError INPUT_OPTION for settings that contradict each other
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
