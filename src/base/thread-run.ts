import { SHARE_ENV, Worker } from "node:worker_threads";
import { EngineError, fromPlainError, messageOf, type Trouble } from "./errors.js";
import { CANCEL, type ThreadMessage } from "./thread-messages.js";

/** One long piece of work in a thread of its own, which tells what happens. The thread's side is {@link workInThread}. */
export class ThreadRun<Event, Result> {
  /**
   * What comes of it.
   * @throws (as a rejection) what the work throws; DefconError CANCELLED after {@link cancel}, where nothing was kept; EngineError where the thread was lost
   */
  readonly finished: Promise<Result>;
  private readonly worker: Worker;

  /**
   * @param script of the thread
   * @param task what the work is told
   * @param lost says that the thread ended before its work
   */
  protected constructor(
    script: URL,
    task: unknown,
    onEvent: (event: Event) => void,
    lost: Pick<Trouble, "subject" | "advice">,
  ) {
    this.worker = new Worker(script, { workerData: task, env: SHARE_ENV });
    this.finished = new Promise((resolve, reject) => {
      this.worker.on("message", (message: ThreadMessage<Event, Result>) => {
        if (message.kind === "event") onEvent(message.event);
        else if (message.kind === "done") resolve(message.result);
        else reject(fromPlainError(message.error));
      });
      const fail = (found: string) => reject(new EngineError("ENGINE_FAILED", { ...lost, found }));
      this.worker.on("error", (error) => fail(messageOf(error)));
      this.worker.on("exit", (code) => fail(`exit code ${code}`));
    });
  }

  /** Ends the work as soon as it allows. */
  cancel(): void {
    this.worker.postMessage(CANCEL);
  }
}
