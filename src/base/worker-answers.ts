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
 * Answers the requests of a {@link WorkerLink} in their order.
 * A request that is worked on alone begins once those before it are answered.
 * @param begin prepares for the first request, with what the thread was given at its start
 * @param buffersOf an answer's buffers, which move to the other thread without a copy
 * @param atOnce how many requests such as this may be worked on at a time
 */
export function answerRequests<Start, Request, Answer, Event = never>(
  begin: (start: Start) => Answering<Request, Answer, Event>,
  buffersOf: (answer: Answer) => ArrayBuffer[] = () => [],
  atOnce: (request: Request) => number = () => 1,
): void {
  const port = parentPort!;
  const say = (message: WorkerMessage<Answer, Event>, buffers: ArrayBuffer[] = []) =>
    port.postMessage(message, buffers);
  const tell = (event: Event) => say({ kind: "event", event });
  const cancel = new AbortController();
  let answering: Answering<Request, Answer, Event> | undefined;
  /** @returns says the answer */
  const work = async (request: Request): Promise<() => void> => {
    try {
      answering ??= begin(workerData as Start);
      const found = await answering(request, tell, cancel.signal);
      return () => say({ kind: "done", answer: found }, buffersOf(found));
    } catch (error) {
      return () => say({ kind: "failed", error: toPlainError(error) });
    }
  };
  let alone: Promise<void> = Promise.resolve();
  /** The answers to the latest requests, the last one at the end. */
  let latest: Promise<void>[] = [alone];
  port.on("message", (message: Request | typeof CANCEL | typeof STOP) => {
    if (message === STOP) process.exit();
    if (message === CANCEL) {
      cancel.abort();
      return;
    }
    const most = atOnce(message);
    const before = latest.at(-1)!;
    const free = most > 1 ? Promise.all([alone, latest.at(-most)]) : before;
    const worked = free.then(() => work(message));
    const answered = Promise.all([before, worked]).then(([, sayIt]) => sayIt());
    if (most === 1) alone = answered;
    latest = [...latest, answered].slice(-Math.max(most, latest.length));
  });
}
