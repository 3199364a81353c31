import type { WatchedEvent } from "../../protocol/training-codec.js";
import { findings } from "../../tune/findings.js";
import { judgementRows } from "../../tune/judgement-rows.js";
import type { TunedModelEvent } from "../../tune/tuned-model.js";

type Told = Extract<WatchedEvent, { event: "epoch" }>["record"];

/**
 * Turns the events of a tuning into those that clients get.
 * Its last event has the losses of all epochs, as that of a training.
 */
export class TuningWords {
  private readonly history: Told[] = [];

  /** @returns undefined for an event that says nothing about the tuning as a whole */
  of(event: TunedModelEvent): WatchedEvent | undefined {
    switch (event.event) {
      case "measuring":
      case "note":
        return event;
      case "measured":
        return { event: "measured", findings: findings(event.measurement) };
      case "compared":
        return event;
      case "training": {
        const { progress } = event;
        if (progress.event === "epoch") this.history.push(progress.record);
        return progress.event === "finished" ? undefined : progress;
      }
      case "judged": {
        const { judgement, ...rest } = event;
        return { ...rest, rows: judgementRows(judgement), objections: judgement.objections };
      }
      case "installed":
        return { event: "finished", model: event.model, history: this.history };
    }
  }
}
