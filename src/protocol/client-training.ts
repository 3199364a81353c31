import type { ClientRequests } from "./client-requests.js";
import { errorFromWire, type ReceivedServerMessage } from "./codec.js";
import {
  eventFromWire,
  isProgress,
  summaryFromWire,
  type TrainingRequest,
  type TrainingSummary,
  type TuningRequest,
  type WatchedEvent,
} from "./training-codec.js";

/**
 * A training in the daemon, watched from its first event on.
 * Made by {@link DaemonClient.train}, {@link DaemonClient.tune} and {@link
 * DaemonClient.watchTraining}. It goes on in the daemon when the connection is closed or lost.
 */
export class ClientTraining {
  /**
   * The path of the model, once it is written.
   * @throws (as a rejection) what ended the training: TrainingError, DatasetError …; DefconError
   * CANCELLED; ProtocolError CONNECTION_LOST
   */
  readonly finished: Promise<string>;
  private resolve!: (model: string) => void;
  private reject!: (error: Error) => void;
  /** Events that were not read yet. Of progress, only the latest is kept. */
  private readonly unread: WatchedEvent[] = [];
  private failure: Error | undefined;
  private isOver = false;
  private wake: () => void = () => undefined;

  /** @internal */
  constructor(
    /** As it was when this client began to watch. */
    readonly summary: TrainingSummary,
    private readonly sendCancel: () => Promise<void>,
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Code that only reads the events learns of a failure there.
    this.finished.catch(() => undefined);
  }

  /** Its number in the daemon. */
  get id(): number {
    return this.summary.id;
  }

  /**
   * The events that were not read yet, in order, without outdated progress. For one reader.
   * @throws what `finished` rejects with
   */
  async *events(): AsyncGenerator<WatchedEvent> {
    while (true) {
      const event = this.unread.shift();
      if (event) yield event;
      else if (this.failure) throw this.failure;
      else if (this.isOver) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /**
   * Asks for the end of the training at its next batch.
   * A training then writes a checkpoint, and `finished` rejects with CANCELLED. A tuning goes on
   * with its best model so far, if it has one.
   */
  cancel(): Promise<void> {
    return this.sendCancel();
  }

  /**
   * Takes an event from the connection.
   * @returns whether it was the last
   * @internal
   */
  receive(event: WatchedEvent): boolean {
    const last = this.unread.at(-1);
    if (last && isProgress(last)) this.unread.pop();
    this.unread.push(event);
    if (event.event === "finished") {
      this.isOver = true;
      this.resolve(event.model);
    }
    this.wake();
    return this.isOver;
  }

  /**
   * Ends it with an error for everyone who waits on it.
   * @internal
   */
  fail(error: Error): void {
    if (this.isOver || this.failure) return;
    this.failure = error;
    this.reject(error);
    this.wake();
  }
}

/** The trainings that a client watches, and its requests about trainings. */
export class ClientTrainings {
  private readonly watched = new Map<number, ClientTraining>();

  constructor(private readonly requests: ClientRequests) {}

  /** @throws the daemon's refusal */
  start({ freeze, ...settings }: TrainingRequest, resume: boolean): Promise<ClientTraining> {
    const wire = { ...settings, freeze: [...(freeze ?? [])] };
    return this.requests.ask(
      (request) => ({ startTraining: { request, settings: wire, resume } }),
      this.began,
    );
  }

  /** @throws the daemon's refusal */
  startTuning({ stacks, ...settings }: TuningRequest): Promise<ClientTraining> {
    const wire = { ...settings, stacks: [...stacks] };
    return this.requests.ask((request) => ({ startTuning: { request, settings: wire } }), this.began);
  }

  /**
   * Watches a training. Where this client watches it already, this is the same object.
   * @throws TrainingError TRAINING_UNKNOWN
   */
  async watch(training: number): Promise<ClientTraining> {
    const known = this.watched.get(training);
    return known ?? this.requests.ask((request) => ({ watchTraining: { request, training } }), this.began);
  }

  list(): Promise<TrainingSummary[]> {
    return this.requests.ask(
      (request) => ({ listTrainings: { request } }),
      ({ trainingList }) => trainingList!.trainings.map(summaryFromWire),
    );
  }

  /**
   * Takes a message from the connection.
   * @returns whether it was a training's event
   */
  receive({ trainingEvent }: ReceivedServerMessage): boolean {
    if (trainingEvent) this.tell(trainingEvent);
    return trainingEvent != null;
  }

  /** Ends all trainings that are watched with an error. */
  fail(error: Error): void {
    for (const training of this.watched.values()) training.fail(error);
    this.watched.clear();
  }

  private tell(message: NonNullable<ReceivedServerMessage["trainingEvent"]>): void {
    const training = this.watched.get(message.training);
    const event = eventFromWire(message);
    if (!training || !event) return;
    let isLast = true;
    if ("event" in event) isLast = training.receive(event);
    else training.fail(errorFromWire(event));
    if (isLast) this.watched.delete(message.training);
  }

  private readonly began = ({ trainingReply }: ReceivedServerMessage): ClientTraining => {
    const summary = summaryFromWire(trainingReply!.training);
    const cancel = (request: number) => ({ cancelTraining: { request, training: summary.id } });
    const training = new ClientTraining(summary, () => this.requests.ask(cancel, () => undefined));
    this.watched.set(summary.id, training);
    return training;
  };
}
