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

/** A training's work, in a thread of its own: a {@link TrainingRun} or a {@link TuningRun}. */
export interface TrainingWork {
  /** The path of the model. */
  readonly finished: Promise<string>;
  cancel(): void;
}

/** The names of a training, and what it does. */
export interface TrainingPlan extends Omit<TrainingSummary, "id" | "state"> {
  start(onEvent: (event: WatchedEvent) => void): TrainingWork;
}

/** A training in the daemon, from its start until nobody may ask about it any more. */
export class ServerTraining {
  readonly log = new TrainingLog(WIRE_LIMITS.maxTrainingEvents);
  /** Resolves when it is over, however it ended. */
  readonly ended: Promise<void>;
  private state: TrainingState = "running";
  private readonly work: TrainingWork;
  private readonly watchers = new Set<() => void>();
  /** Its last event. Clients get it once the model is whole and the next training can start. */
  private lastEvent: WireTrainingEvent | undefined;
  /** Progress that waits because clients were told some a moment ago. */
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

  /**
   * Ends it at the next batch. One that is over stays as it is.
   * A training ends with a checkpoint, a tuning goes on with the best model so far.
   */
  cancel(): void {
    if (!this.isOver) this.work.cancel();
  }

  /**
   * Calls back whenever the log has something new.
   * @returns a function that ends this
   */
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
