import { readSimulatedSetPlan } from "../dataset/simulated-plan.js";
import { simulatedRun } from "../dataset/simulated-run.js";
import type { EvaluationFrame } from "../evaluate/evaluation-frame.js";
import { sum } from "../predict/counts.js";

/** Simulations that models are judged by. No training sees them: they are of another stream. */
const JUDGED_RUNS = 60;

/**
 * Simulated frames of a plan with their truth, which no training by that plan sees.
 * The true count is the sum of the true map.
 * @throws as {@link readSimulatedSetPlan} does
 */
export async function* matchedFrames(planPath: string): AsyncGenerator<EvaluationFrame> {
  const plan = await readSimulatedSetPlan(planPath);
  const { side } = plan;
  const condition = { name: "matched frames" };
  let number = 0;
  for (let run = 0; run < JUDGED_RUNS; run++) {
    for await (const frame of simulatedRun(plan, run, { stream: ["judged"], threads: 0 })) {
      const density = Float32Array.from(frame.density);
      yield {
        condition,
        number: ++number,
        image: { width: side, height: side, pixels: Float32Array.from(frame.input) },
        truth: { count: sum(density), density },
      };
    }
  }
}
