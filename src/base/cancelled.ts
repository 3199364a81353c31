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
