import { DefconError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { errorToWire } from "../protocol/codec.js";
import {
  eventToWire,
  type TrainingState,
  type TrainingSummary,
  type WireTrainingEvent,
} from "../protocol/training-codec.js";
import type { TrainingEvent } from "../train/events.js";
import type { TrainingSettings } from "../train/settings.js";
import type { TrainingRun } from "../train/training-run.js";
import { TrainingLog } from "./training-log.js";

/** Starts a training: {@link TrainingRun.start}. */
export type StartRun = (
  settings: TrainingSettings,
  resume: boolean,
  onEvent: (event: TrainingEvent) => void,
) => Pick<TrainingRun, "finished" | "cancel">;

/** A training in the daemon, from its start on for as long as anybody may ask about it. */
export class ServerTraining {
  readonly log = new TrainingLog(WIRE_LIMITS.maxTrainingEvents);
  /** When it is over, however it ended. */
  readonly ended: Promise<void>;
  private state: TrainingState = "running";
  private readonly run: ReturnType<StartRun>;
  private readonly watchers = new Set<() => void>();
  /** Told once the model is known to be whole and the next training can start. */
  private lastEvent: WireTrainingEvent | undefined;
  /** Progress that was not told yet, because some was told a moment ago. */
  private progress: WireTrainingEvent | undefined;
  private moment: NodeJS.Timeout | undefined;

  constructor(
    readonly id: number,
    private readonly settings: TrainingSettings,
    resume: boolean,
    startRun: StartRun,
  ) {
    this.run = startRun(settings, resume, (event) => this.receive(event));
    this.ended = this.run.finished.then(
      (model) => this.end("finished", this.lastEvent ?? { finished: { model } }),
      (error) => this.end(isCancellation(error) ? "cancelled" : "failed", { failed: errorToWire(error) }),
    );
  }

  get summary(): TrainingSummary {
    const { set, output, name } = this.settings;
    return { id: this.id, state: this.state, set, output, name };
  }

  get isOver(): boolean {
    return this.state !== "running";
  }

  /** Ends it at the next batch, with a checkpoint; one that is over stays as it is. */
  cancel(): void {
    if (!this.isOver) this.run.cancel();
  }

  /** Calls back whenever there is something new in the log. @returns ends that */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  }

  private receive(event: TrainingEvent): void {
    if (event.event === "finished") {
      const history = event.history.slice(-WIRE_LIMITS.maxTrainingEvents);
      this.lastEvent = eventToWire({ ...event, history });
    } else if (event.event === "step") {
      this.progress = eventToWire(event);
      this.tellProgress();
    } else {
      this.tell(eventToWire(event));
    }
  }

  private tell(event: WireTrainingEvent): void {
    this.progress = undefined;
    this.log.add(event);
    this.changed();
  }

  private tellProgress(): void {
    if (this.moment || !this.progress) return;
    this.log.setProgress(this.progress);
    this.progress = undefined;
    this.changed();
    this.moment = setTimeout(() => {
      this.moment = undefined;
      this.tellProgress();
    }, WIRE_LIMITS.progressIntervalMs);
  }

  private end(state: TrainingState, event: WireTrainingEvent): void {
    this.state = state;
    clearTimeout(this.moment);
    this.tell(event);
  }

  private changed(): void {
    for (const onChange of [...this.watchers]) onChange();
  }
}

function isCancellation(error: unknown): boolean {
  return error instanceof DefconError && error.code === "CANCELLED";
}
