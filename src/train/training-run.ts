import { SHARE_ENV, Worker } from "node:worker_threads";
import { EngineError, fromPlainError, messageOf } from "../base/errors.js";
import type { TrainingEvent } from "./events.js";
import type { TrainingSettings } from "./settings.js";
import { CANCEL, type WorkerMessage, type WorkerTask } from "./worker-messages.js";

/** A training under way, in a thread of its own. */
export class TrainingRun {
  /**
   * The path of the model, once it is written.
   * @throws (as a rejection) what `train` throws; DefconError CANCELLED after {@link cancel}
   */
  readonly finished: Promise<string>;
  private readonly worker: Worker;

  private constructor(task: WorkerTask, onEvent: (event: TrainingEvent) => void) {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: task, env: SHARE_ENV });
    this.finished = new Promise((resolve, reject) => {
      this.worker.on("message", (message: WorkerMessage) => {
        if (message.kind === "event") onEvent(message.event);
        else if (message.kind === "done") resolve(message.model);
        else reject(fromPlainError(message.error));
      });
      const lost = (reason: string) =>
        reject(
          new EngineError("ENGINE_FAILED", {
            subject: "the training's thread ended",
            found: reason,
            advice: "If memory ran out, use smaller batches; go on from the checkpoint with --resume.",
          }),
        );
      this.worker.on("error", (error) => lost(messageOf(error)));
      this.worker.on("exit", (code) => lost(`exit code ${code}`));
    });
  }

  /**
   * Starts a training.
   * @param resume go on from the checkpoint of an interrupted one
   */
  static start(
    settings: TrainingSettings,
    resume: boolean,
    onEvent: (event: TrainingEvent) => void,
  ): TrainingRun {
    return new TrainingRun({ settings, resume }, onEvent);
  }

  /** Ends it at the next batch, with a checkpoint to go on from. */
  cancel(): void {
    this.worker.postMessage(CANCEL);
  }
}
