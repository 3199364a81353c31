import { EngineError } from "../base/errors.js";
import { WorkerLink } from "../base/worker-link.js";
import type { Samples } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";
import type { PoolRequest } from "./drawing-worker.js";

/** Starts a thread that draws pools of samples, one after the other. */
export function startDrawingThread(plan: SimulatedSetPlan): WorkerLink<PoolRequest, Samples> {
  const script = new URL("./drawing-worker.js", import.meta.url);
  return new WorkerLink(
    script,
    plan,
    (found) =>
      new EngineError("ENGINE_FAILED", {
        subject: "a thread that simulates frames ended",
        found,
        advice: "If memory ran out, use a plan of smaller frames; go on from the checkpoint with --resume.",
      }),
  );
}
