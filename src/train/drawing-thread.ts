import { SHARE_ENV, Worker } from "node:worker_threads";
import { type DefconError, EngineError, fromPlainError, messageOf } from "../base/errors.js";
import type { PoolPurpose } from "../dataset/sample-pool.js";
import type { Samples } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";
import type { DrawnMessage, PoolRequest } from "./drawing-worker.js";

/** A thread that draws pools of samples, one after the other. */
export class DrawingThread {
  private readonly worker: Worker;
  private waiting: { resolve(samples: Samples): void; reject(error: unknown): void }[] = [];
  private lost: DefconError | undefined;

  constructor(plan: SimulatedSetPlan) {
    this.worker = new Worker(new URL("./drawing-worker.js", import.meta.url), {
      workerData: plan,
      env: SHARE_ENV,
    });
    this.worker.on("message", (message: DrawnMessage) => {
      const next = this.waiting.shift();
      if ("samples" in message) next?.resolve(message.samples);
      else next?.reject(fromPlainError(message.error));
    });
    this.worker.on("error", (error) => this.lose(messageOf(error)));
    this.worker.on("exit", (code) => this.lose(`exit code ${code}`));
  }

  draw(purpose: PoolPurpose, index: number): Promise<Samples> {
    return new Promise((resolve, reject) => {
      if (this.lost) {
        reject(this.lost);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.worker.postMessage({ purpose, index } satisfies PoolRequest);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private lose(reason: string): void {
    this.lost ??= new EngineError("ENGINE_FAILED", {
      subject: "a thread that simulates frames ended",
      found: reason,
      advice: "If memory ran out, use a plan of smaller frames; go on from the checkpoint with --resume.",
    });
    for (const { reject } of this.waiting) reject(this.lost);
    this.waiting = [];
  }
}
