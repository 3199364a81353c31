import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "./errors.js";
import { CANCEL, type ThreadMessage } from "./thread-messages.js";

/**
 * Does the work of a thread that a {@link ThreadRun} has started, and tells what comes of it.
 * @param work its signal is aborted when the work is to end
 */
export async function workInThread<Task, Event, Result>(
  work: (task: Task, tell: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
): Promise<void> {
  const port = parentPort!;
  const say = (message: ThreadMessage<Event, Result>) => port.postMessage(message);
  const cancel = new AbortController();
  port.on("message", (message) => {
    if (message === CANCEL) cancel.abort();
  });
  try {
    const result = await work(workerData as Task, (event) => say({ kind: "event", event }), cancel.signal);
    say({ kind: "done", result });
  } catch (error) {
    say({ kind: "failed", error: toPlainError(error) });
  } finally {
    port.close();
  }
}
