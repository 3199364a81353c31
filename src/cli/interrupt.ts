import { cancelled, isCancelled } from "../base/cancelled.js";

/**
 * Does work that ends in good order when the user interrupts it.
 * It ends on Ctrl-C, on a termination signal, when the terminal is closed, and when nobody reads
 * the output any more.
 * @param left what is left then, in words, for the message
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
 * Calls back on requests to end the program: Ctrl-C, a termination signal, a closed terminal.
 * @returns ends the watch
 */
export function watchSignals(listener: (signal: string) => void): () => void {
  // Node.js undoes nohup. A program without a stream on the terminal is taken to be meant to
  // outlive it.
  let heeded = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const onHangup = (signal: string) => {
    // The kernel and the shell both send this signal; it does not mean that the user asks twice.
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

/** An ordinary exit would reset the terminal, which is gone: Node.js aborts then. */
function endAsHungUp(): void {
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}
