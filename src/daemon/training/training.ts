import { isCancelled } from "../../base/cancelled.js";
import { WIRE_LIMITS } from "../../base/limits.js";
import { errorToWire } from "../../protocol/codec.js";
import {
  eventToWire,
  isProgress,
  type TrainingState,
  type TrainingSummary,
  type WatchedEvent,
  type WireTrainingEvent,
} from "../../protocol/training-codec.js";
import { TrainingLog } from "./training-log.js";

/** Work of a training in a thread of its own: a {@link TrainingRun} or a {@link TuningRun}. */
export interface TrainingWork {
  /** The path of the model. */
  readonly finished: Promise<string>;
  cancel(): void;
}

/** What a training is called, and what it does. */
export interface TrainingPlan extends Omit<TrainingSummary, "id" | "state"> {
  start(onEvent: (event: WatchedEvent) => void): TrainingWork;
}

/** A training in the daemon, from its start on for as long as anybody may ask about it. */
export class ServerTraining {
  readonly log = new TrainingLog(WIRE_LIMITS.maxTrainingEvents);
  /** When it is over, however it ended. */
  readonly ended: Promise<void>;
  private state: TrainingState = "running";
  private readonly work: TrainingWork;
  private readonly watchers = new Set<() => void>();
  /** Told once the model is known to be whole and the next training can start. */
  private lastEvent: WireTrainingEvent | undefined;
  /** Progress that was not told yet, because some was told a moment ago. */
  private progress: WireTrainingEvent | undefined;
  private moment: NodeJS.Timeout | undefined;

  constructor(
    readonly id: number,
    private readonly plan: TrainingPlan,
  ) {
    this.work = plan.start((event) => this.receive(event));
    this.ended = this.work.finished.then(
      (model) => this.end("finished", this.lastEvent ?? { finished: { model } }),
      (error) => this.end(isCancelled(error) ? "cancelled" : "failed", { failed: errorToWire(error) }),
    );
  }

  get summary(): TrainingSummary {
    const { kind, set, output, name } = this.plan;
    return { id: this.id, state: this.state, kind, set, output, name };
  }

  get isOver(): boolean {
    return this.state !== "running";
  }

  /** Ends it at the next batch, with a checkpoint or, of a tuning, the best model so far; one that is over stays as it is. */
  cancel(): void {
    if (!this.isOver) this.work.cancel();
  }

  /** Calls back whenever there is something new in the log. @returns ends that */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  }

  private receive(event: WatchedEvent): void {
    if (event.event === "finished") {
      const history = event.history.slice(-WIRE_LIMITS.maxTrainingEvents);
      this.lastEvent = eventToWire({ ...event, history });
    } else if (isProgress(event)) {
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
