import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { type PlainError, toPlainError } from "../base/errors.js";
import { drawPool, type PoolPurpose } from "../dataset/sample-pool.js";
import type { Samples } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";

/** A pool that is asked for. */
export interface PoolRequest {
  purpose: PoolPurpose;
  index: number;
}

/** What a thread answers, in the order of the requests. */
export type DrawnMessage = { samples: Samples } | { error: PlainError };

const port = parentPort!;
const plan = workerData as SimulatedSetPlan;
// On Linux a priority belongs to a thread: frames are drawn in time that the training leaves.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

let last: Promise<void> = Promise.resolve();
port.on("message", ({ purpose, index }: PoolRequest) => {
  last = last.then(() => answer(purpose, index));
});

async function answer(purpose: PoolPurpose, index: number): Promise<void> {
  try {
    const samples = await drawPool(plan, purpose, index);
    const buffers = [samples.input, samples.target, samples.segMap].map(
      ({ buffer }) => buffer as ArrayBuffer,
    );
    port.postMessage({ samples } satisfies DrawnMessage, buffers);
  } catch (error) {
    port.postMessage({ error: toPlainError(error) } satisfies DrawnMessage);
  }
}
