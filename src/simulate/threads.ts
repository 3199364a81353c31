import { setImmediate } from "node:timers/promises";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { DefconError, messageOf } from "../base/errors.js";
import { type Block, type DrawnBlock, Renderer } from "./renderer.js";
import type { WorkerTask } from "./worker.js";

/** Where blocks are drawn. */
export interface Drawing {
  /** Blocks that may be asked for before the first of them is taken. */
  readonly ahead: number;
  draw(block: Block): Promise<DrawnBlock>;
  end(): Promise<void>;
}

/** Draws on the calling thread. */
export class DrawingHere implements Drawing {
  readonly ahead = 1;
  private readonly renderer: Renderer;

  constructor({ settings, seed, form }: WorkerTask) {
    this.renderer = new Renderer(settings, seed, form);
  }

  async draw(block: Block): Promise<DrawnBlock> {
    // Signals and timers have their turn between blocks.
    await setImmediate();
    return this.renderer.draw(block);
  }

  async end(): Promise<void> {}
}

/** Draws on threads, which take blocks in turn. */
export class DrawingThreads implements Drawing {
  readonly ahead: number;
  private readonly threads: DrawingThread[];
  private turn = 0;

  constructor(task: WorkerTask, count: number) {
    // While one block is drawn the next already waits.
    this.ahead = 2 * count;
    this.threads = Array.from({ length: count }, () => new DrawingThread(task));
  }

  draw(block: Block): Promise<DrawnBlock> {
    const thread = this.threads[this.turn++ % this.threads.length]!;
    return thread.draw(block);
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.end()));
  }
}

class DrawingThread {
  private readonly worker: Worker;
  private waiting: { resolve(drawn: DrawnBlock): void; reject(error: unknown): void }[] = [];
  private lost: DefconError | undefined;

  constructor(task: WorkerTask) {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: task, env: SHARE_ENV });
    this.worker.on("message", (drawn: DrawnBlock) => this.waiting.shift()?.resolve(drawn));
    this.worker.on("error", (error) => this.lose(messageOf(error)));
    this.worker.on("exit", (code) => this.lose(`exit code ${code}`));
  }

  draw(block: Block): Promise<DrawnBlock> {
    return new Promise((resolve, reject) => {
      if (this.lost) {
        reject(this.lost);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(block);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private lose(reason: string): void {
    this.lost ??= new DefconError("INTERNAL", { subject: "a thread that draws frames ended", found: reason });
    for (const { reject } of this.waiting) reject(this.lost);
    this.waiting = [];
  }
}
