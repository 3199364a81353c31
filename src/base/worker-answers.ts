import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "./errors.js";
import { CANCEL, STOP, type WorkerMessage } from "./worker-messages.js";

/** Answers one request. The signal is aborted when the work is to end. */
type Answering<Request, Answer, Event> = (
  request: Request,
  tell: (event: Event) => void,
  signal: AbortSignal,
) => Answer | Promise<Answer>;

/**
 * Answers the requests of a {@link WorkerLink}, one after the other.
 * @param begin prepares for the first request, with what the thread was given at its start
 * @param buffersOf an answer's buffers, which move to the other thread without a copy
 */
export function answerRequests<Start, Request, Answer, Event = never>(
  begin: (start: Start) => Answering<Request, Answer, Event>,
  buffersOf: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  const port = parentPort!;
  const say = (message: WorkerMessage<Answer, Event>, buffers: ArrayBuffer[] = []) =>
    port.postMessage(message, buffers);
  const tell = (event: Event) => say({ kind: "event", event });
  const cancel = new AbortController();
  let answering: Answering<Request, Answer, Event> | undefined;
  const answer = async (request: Request) => {
    try {
      answering ??= begin(workerData as Start);
      const found = await answering(request, tell, cancel.signal);
      say({ kind: "done", answer: found }, buffersOf(found));
    } catch (error) {
      say({ kind: "failed", error: toPlainError(error) });
    }
  };
  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: Request | typeof CANCEL | typeof STOP) => {
    if (message === STOP) process.exit();
    if (message === CANCEL) cancel.abort();
    else last = last.then(() => answer(message));
  });
}
