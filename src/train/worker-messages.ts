import type { PlainError } from "../base/errors.js";
import type { TrainingEvent } from "./events.js";
import type { TrainingSettings } from "./settings.js";

/** What a training's thread is started with. */
export interface WorkerTask {
  settings: TrainingSettings;
  resume: boolean;
}

/** Said to the thread: end at the next batch, with a checkpoint. */
export const CANCEL = "cancel";

/** What the thread says; the last is `done` or `failed`. */
export type WorkerMessage =
  | { kind: "event"; event: TrainingEvent }
  | { kind: "done"; model: string }
  | { kind: "failed"; error: PlainError };
