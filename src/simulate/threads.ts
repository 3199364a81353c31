import { setImmediate } from "node:timers/promises";
import { DefconError } from "../base/errors.js";
import { WorkerLink } from "../base/worker-link.js";
import { WorkerTeam } from "../base/worker-team.js";
import { type Block, type DrawnBlock, Renderer } from "./renderer.js";
import type { WorkerTask } from "./worker.js";

/** Where blocks are drawn. */
export interface Drawing {
  /** Blocks that may be requested before the first one is taken. */
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
    // Lets signals and timers have their turn between blocks.
    await setImmediate();
    return this.renderer.draw(block);
  }

  async end(): Promise<void> {}
}

/** Draws on several threads, block by block in turn. */
export class DrawingThreads implements Drawing {
  readonly ahead: number;
  private readonly threads: WorkerTeam<Block, DrawnBlock>;

  constructor(task: WorkerTask, count: number) {
    // One block is drawn while the next already waits.
    this.ahead = 2 * count;
    this.threads = new WorkerTeam(count, () => startThread(task));
  }

  draw(block: Block): Promise<DrawnBlock> {
    return this.threads.ask(block);
  }

  end(): Promise<void> {
    return this.threads.terminate();
  }
}

function startThread(task: WorkerTask): WorkerLink<Block, DrawnBlock> {
  const script = new URL("./worker.js", import.meta.url);
  const lossOf = (found: string) =>
    new DefconError("INTERNAL", { subject: "a thread that draws frames ended", found });
  return new WorkerLink(script, task, lossOf);
}
