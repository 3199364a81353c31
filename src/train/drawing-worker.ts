import { constants, setPriority } from "node:os";
import { answerRequests } from "../base/worker-answers.js";
import { drawPool, type PoolPurpose } from "../dataset/sample-pool.js";
import type { Samples } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";

/** A request for a pool. */
export interface PoolRequest {
  purpose: PoolPurpose;
  index: number;
}

// Simulation takes only the time that the training leaves. On Linux a priority is a thread's own.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

answerRequests<SimulatedSetPlan, PoolRequest, Samples>(
  (plan) =>
    ({ purpose, index }) =>
      drawPool(plan, purpose, index),
  ({ input, target, segMap }) => [input, target, segMap].map(({ buffer }) => buffer as ArrayBuffer),
);
