import { ThreadRun } from "../base/thread-run.js";
import type { TrainingEvent } from "./events.js";
import type { TrainingSettings } from "./settings.js";

/** What a training's thread is asked to do. */
export interface TrainingTask {
  settings: TrainingSettings;
  resume: boolean;
  /** Replace what an earlier training wrote, besides its checkpoint. */
  force: boolean;
}

/**
 * A training under way, in a thread of its own. Its result is the path of the model.
 * {@link ThreadRun.cancel} ends it at the next batch, with a checkpoint to resume from.
 */
export class TrainingRun extends ThreadRun<TrainingTask, TrainingEvent, string> {
  /**
   * Starts a training.
   * @param resume go on from the checkpoint of an interrupted training
   * @param force replace an earlier training's model and history
   */
  static start(
    settings: TrainingSettings,
    resume: boolean,
    onEvent: (event: TrainingEvent) => void,
    force = false,
  ): TrainingRun {
    return new TrainingRun(new URL("./worker.js", import.meta.url), { settings, resume, force }, onEvent, {
      subject: "the training's thread ended",
      advice: "If memory ran out, use smaller batches; go on from the checkpoint with --resume.",
    });
  }
}
