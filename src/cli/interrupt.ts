import { DefconError } from "../base/errors.js";

/**
 * Does work that Ctrl-C, a termination signal, and a reader of the output that goes away end in order.
 * @param left what then is left, in words, for the message
 * @throws DefconError CANCELLED; what the work throws
 */
export async function interruptible<T>(left: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
  process.stdout.on("error", onInterrupt);
  try {
    return await work(cancel.signal);
  } catch (error) {
    if (!(error instanceof DefconError && error.code === "CANCELLED")) throw error;
    throw new DefconError("CANCELLED", { subject: `cancelled; ${left}` });
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
    process.stdout.off("error", onInterrupt);
  }
}
