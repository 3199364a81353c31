import type { BufferPool } from "../base/buffer-pool.js";
import { DefconError, EngineError } from "../base/errors.js";
import { WorkerLink } from "../base/worker-link.js";
import type { FrameBatch, ModelKey, Prediction, Wanted } from "./prediction.js";
import type { WorkerAnswer, WorkerAnswers, WorkerRequest, WorkerStart } from "./worker-messages.js";

/**
 * A worker thread with an engine of its own.
 * A thread that dies takes only the calls under way with it; the next call starts another.
 */
export class EngineThread {
  private link: WorkerLink<WorkerRequest, WorkerAnswer> | undefined;
  private nextJob = 1;
  private closed: Promise<void> | undefined;

  /** @param pool where buffers of pixels and maps come from, and go when they are spent */
  constructor(
    private readonly start: WorkerStart,
    private readonly pool: BufferPool,
  ) {}

  /** @throws what the worker throws; EngineError ENGINE_FAILED where the thread ended */
  async ask<K extends WorkerRequest["kind"]>(
    _kind: K,
    request: WorkerRequest & { kind: K },
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WorkerAnswers[K]> {
    // A caller that tries again after the end must not start another worker.
    if (this.closed) throw threadEnded(CLOSED);
    return (await this.runningLink().ask(request, transfer)) as WorkerAnswers[K];
  }

  /** Counts a batch at once. */
  async predict(key: ModelKey, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]> {
    const spare = wanted.density ? this.pool.take(4 * batch.count * batch.width * batch.height) : undefined;
    const transfer = [batch.pixels.buffer as ArrayBuffer, ...(spare ? [spare] : [])];
    const question = { kind: "predict", key, batch, wanted, spare } as const;
    const { predictions, spent } = await this.ask("predict", question, transfer);
    this.pool.give(spent);
    return predictions;
  }

  /** Counts a large frame step by step. `turn` is waited for between the steps; false gives up. */
  async predictInTurns(
    key: ModelKey,
    batch: FrameBatch,
    wanted: Wanted,
    turn: () => Promise<boolean>,
  ): Promise<Prediction[]> {
    const job = this.nextJob++;
    const question = { kind: "begin", job, key, batch, wanted } as const;
    let step = await this.ask("begin", question, [batch.pixels.buffer as ArrayBuffer]);
    // A thread that is started anew knows nothing of the job.
    const { link } = this;
    while (!step.done) {
      const goesOn = await turn();
      if (this.link !== link || link?.isLost) throw threadEnded("another one counts since then");
      if (!goesOn) {
        await this.ask("abandon", { kind: "abandon", job });
        throw new DefconError("CANCELLED", { subject: "a frame whose stream has ended" });
      }
      step = await this.ask("continue", { kind: "continue", job });
    }
    this.pool.give(step.spent);
    return step.predictions;
  }

  /** Ends one use of a model. A thread that was lost, or closed, holds nothing. */
  release(key: ModelKey): void {
    if (this.closed || !this.link || this.link.isLost) return;
    this.ask("release", { kind: "release", key }).catch(() => undefined);
  }

  /**
   * Ends the thread once the engine's call under way is over.
   * All other calls, earlier and later ones, fail at once.
   */
  close(): Promise<void> {
    // stop() waits for the end of the call under way: a thread that ends within one would make ONNX
    // Runtime abort the process.
    this.closed ??= this.link?.stop(CLOSED) ?? Promise.resolve();
    return this.closed;
  }

  private runningLink(): WorkerLink<WorkerRequest, WorkerAnswer> {
    if (this.link && !this.link.isLost) return this.link;
    this.link = new WorkerLink(new URL("./worker.js", import.meta.url), this.start, threadEnded);
    return this.link;
  }
}

const CLOSED = "it was closed";

function threadEnded(found: string): EngineError {
  return new EngineError("ENGINE_FAILED", {
    subject: "the engine's thread ended",
    found,
    ...(found !== CLOSED && { advice: "If memory ran out, close other programs or count a smaller region." }),
  });
}
