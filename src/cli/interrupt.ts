import { cancelled, isCancelled } from "../base/cancelled.js";

/**
 * Does work that Ctrl-C, a termination signal, its terminal being closed, and a reader of the output that goes away end in order.
 * @param left what then is left, in words, for the message
 * @throws DefconError CANCELLED; what the work throws
 */
export async function interruptible<T>(left: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  const unwatch = watchSignals(onInterrupt);
  process.stdout.on("error", onInterrupt);
  try {
    return await work(cancel.signal);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    throw cancelled({ subject: `cancelled; ${left}` });
  } finally {
    unwatch();
    process.stdout.off("error", onInterrupt);
  }
}

/**
 * Listens to what asks a program to end: Ctrl-C, a termination signal, its terminal being closed.
 * @returns what ends the listening
 */
export function watchSignals(listener: (signal: string) => void): () => void {
  // Node.js undoes what nohup sets. A program without a stream on the terminal is taken to be one that shall outlive it.
  let heeded = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const onHangup = (signal: string) => {
    // Kernel and shell both send it, which is not asking twice.
    if (!heeded) return;
    heeded = false;
    process.once("exit", endAsHungUp);
    listener(signal);
  };
  process.on("SIGINT", listener).on("SIGTERM", listener).on("SIGHUP", onHangup);
  return () => {
    process.off("SIGINT", listener).off("SIGTERM", listener).off("SIGHUP", onHangup);
  };
}

/** An ordinary exit would set back a terminal that is no longer there, at which Node.js aborts. */
function endAsHungUp(): void {
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}
