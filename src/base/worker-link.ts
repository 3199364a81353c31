import { type ResourceLimits, SHARE_ENV, Worker } from "node:worker_threads";
import { type DefconError, fromPlainError, messageOf } from "./errors.js";
import { CANCEL, STOP, type WorkerMessage } from "./worker-messages.js";

interface Pending<Answer, Event> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  onEvent: ((event: Event) => void) | undefined;
}

/**
 * This thread's end of a worker thread that answers requests in their order.
 * {@link answerRequests} is the worker's end. Errors keep their class and code. Requests under way
 * fail when the worker dies, and they alone keep the program alive.
 */
export class WorkerLink<Request, Answer, Event = never> {
  private readonly worker: Worker;
  private pending: Pending<Answer, Event>[] = [];
  private loss: DefconError | undefined;

  /**
   * Starts the thread.
   * @param script of the thread
   * @param start what the thread is given at its start
   * @param lossOf makes the error of requests that the thread can no longer answer, from the reason
   * @param resourceLimits bounds of the thread's memory; Node.js' own where left out
   */
  constructor(
    script: URL,
    start: unknown,
    private readonly lossOf: (reason: string) => DefconError,
    resourceLimits?: ResourceLimits,
  ) {
    this.worker = new Worker(script, {
      ...(resourceLimits && { resourceLimits }),
      workerData: start,
      env: SHARE_ENV,
    });
    this.worker.on("message", (message: WorkerMessage<Answer, Event>) => this.receive(message));
    this.worker.on("error", (error) => this.lose(messageOf(error)));
    this.worker.on("exit", (code) => this.lose(`exit code ${code}`));
  }

  /** Whether the thread has ended, or is about to. */
  get isLost(): boolean {
    return this.loss !== undefined;
  }

  /**
   * Sends a request.
   * @param transfer buffers that move to the thread and are empty here afterwards
   * @param onEvent told what happens until the answer
   * @throws (as a rejection) what the worker throws; the error of a lost thread
   */
  ask(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
    onEvent?: (event: Event) => void,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.loss) throw this.loss;
      this.worker.postMessage(request, transfer);
      this.worker.ref();
      this.pending.push({ resolve, reject, onEvent });
    });
  }

  /** Asks the worker to end its work as soon as it can. */
  cancel(): void {
    this.worker.postMessage(CANCEL);
  }

  /** Ends the thread at once, even in the middle of an answer. */
  async terminate(): Promise<void> {
    this.lose("it was ended");
    this.worker.ref();
    await this.worker.terminate();
  }

  /**
   * Ends the thread when it next reads its messages, for work that must not be broken off.
   * @param reason why requests under way and later ones fail; they fail at once
   */
  async stop(reason: string): Promise<void> {
    if (this.loss) return;
    this.lose(reason);
    const ended = new Promise((resolve) => this.worker.once("exit", resolve));
    this.worker.ref();
    this.worker.postMessage(STOP);
    await ended;
  }

  private receive(message: WorkerMessage<Answer, Event>): void {
    if (this.loss) return;
    if (message.kind === "event") {
      this.pending[0]?.onEvent?.(message.event);
      return;
    }
    const answered = this.pending.shift();
    if (this.pending.length === 0) this.worker.unref();
    if (message.kind === "done") answered?.resolve(message.answer);
    else answered?.reject(fromPlainError(message.error));
  }

  private lose(reason: string): void {
    this.loss ??= this.lossOf(reason);
    for (const { reject } of this.pending) reject(this.loss);
    this.pending = [];
  }
}
