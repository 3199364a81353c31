import { ThreadRun } from "../base/thread-run.js";
import type { TunedModel, TunedModelEvent, TuningSettings } from "./tuned-model.js";

/**
 * A tuning under way, in a thread of its own: {@link makeTunedModel}.
 * {@link ThreadRun.cancel} ends its training early, with the best model so far.
 */
export class TuningRun extends ThreadRun<TuningSettings, TunedModelEvent, TunedModel> {
  static start(settings: TuningSettings, onEvent: (event: TunedModelEvent) => void): TuningRun {
    return new TuningRun(new URL("./worker.js", import.meta.url), settings, onEvent, {
      subject: "the tuning's thread ended",
      advice: "If memory ran out, give fewer frames, or close other programs.",
    });
  }
}
