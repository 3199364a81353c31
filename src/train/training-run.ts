import { ThreadRun } from "../base/thread-run.js";
import type { TrainingEvent } from "./events.js";
import type { TrainingSettings } from "./settings.js";

/** What a training's thread is told to do. */
export interface TrainingTask {
  settings: TrainingSettings;
  resume: boolean;
}

/** A training under way, in a thread of its own. It comes to the path of its model; {@link ThreadRun.cancel} ends it at the next batch, with a checkpoint to go on from. */
export class TrainingRun extends ThreadRun<TrainingTask, TrainingEvent, string> {
  /**
   * Starts a training.
   * @param resume go on from the checkpoint of an interrupted one
   */
  static start(
    settings: TrainingSettings,
    resume: boolean,
    onEvent: (event: TrainingEvent) => void,
  ): TrainingRun {
    return new TrainingRun(new URL("./worker.js", import.meta.url), { settings, resume }, onEvent, {
      subject: "the training's thread ended",
      advice: "If memory ran out, use smaller batches; go on from the checkpoint with --resume.",
    });
  }
}
