import { DefconError, type Trouble } from "./errors.js";

/** The error of work that was asked to end. @param told replaces or adds parts of its message */
export function cancelled(told: Partial<Trouble> = {}): DefconError {
  return new DefconError("CANCELLED", { subject: "cancelled", ...told });
}

/** @throws DefconError CANCELLED if `signal` is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

/** Whether work ended because it was asked to. */
export function isCancelled(error: unknown): error is DefconError & { code: "CANCELLED" } {
  return error instanceof DefconError && error.code === "CANCELLED";
}

/**
 * Waits for work, but no longer than until the signal. What comes of the work after that is lost.
 * @throws what the work throws; DefconError CANCELLED after `signal`
 */
export function untilCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled());
    signal.addEventListener("abort", onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
  });
}
