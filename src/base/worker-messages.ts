import type { PlainError } from "./errors.js";

/** Asks a worker to end its work as soon as it can, and to answer as always. */
export const CANCEL = "cancel";

/** Asks a worker to end when it next reads its messages. It answers nothing more. */
export const STOP = "stop";

/** What a worker says about the oldest request without an answer. */
export type WorkerMessage<Answer, Event> =
  | { kind: "event"; event: Event }
  | { kind: "done"; answer: Answer }
  | { kind: "failed"; error: PlainError };
