import type { PlainError } from "./errors.js";

/** Said to a thread: end as soon as the work allows. */
export const CANCEL = "cancel";

/** What a thread with one long piece of work says; the last is `done` or `failed`. */
export type ThreadMessage<Event, Result> =
  | { kind: "event"; event: Event }
  | { kind: "done"; result: Result }
  | { kind: "failed"; error: PlainError };
