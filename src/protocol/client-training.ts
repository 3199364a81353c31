import { ProtocolError } from "../base/errors.js";
import { type ClientMessage, errorFromWire, type ReceivedServerMessage } from "./codec.js";
import {
  eventFromWire,
  summaryFromWire,
  type TrainingRequest,
  type TrainingSummary,
  type WatchedEvent,
} from "./training-codec.js";

export type { TrainingRequest, TrainingState, TrainingSummary, WatchedEvent } from "./training-codec.js";

/**
 * A training in the daemon, watched from its first event on. Made by {@link DaemonClient.train} and {@link DaemonClient.watchTraining}. It goes on in the
 * daemon when the connection is closed or lost.
 */
export class ClientTraining {
  /**
   * The path of the model, once it is written.
   * @throws (as a rejection) what the training ended with: TrainingError, DatasetError …; DefconError CANCELLED; ProtocolError CONNECTION_LOST
   */
  readonly finished: Promise<string>;
  private resolve!: (model: string) => void;
  private reject!: (error: Error) => void;
  /** Events that were not read yet; of progress only the latest. */
  private readonly unread: WatchedEvent[] = [];
  private failure: Error | undefined;
  private isOver = false;
  private wake: () => void = () => undefined;

  constructor(
    /** As it was when this client began to watch. */
    readonly summary: TrainingSummary,
    private readonly sendCancel: () => Promise<void>,
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who reads the events alone learns of a failure there.
    this.finished.catch(() => undefined);
  }

  /** Its number in the daemon. */
  get id(): number {
    return this.summary.id;
  }

  /** What was not read before, in order; progress that is out of date is left out. For one reader. @throws what `finished` rejects with */
  async *events(): AsyncGenerator<WatchedEvent> {
    while (true) {
      const event = this.unread.shift();
      if (event) yield event;
      else if (this.failure) throw this.failure;
      else if (this.isOver) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Asks for its end at the next batch, with a checkpoint; `finished` then rejects with CANCELLED. */
  cancel(): Promise<void> {
    return this.sendCancel();
  }

  /** Takes an event from the connection. @returns whether it was the last */
  receive(event: WatchedEvent): boolean {
    if (this.unread.at(-1)?.event === "step") this.unread.pop();
    this.unread.push(event);
    if (event.event === "finished") {
      this.isOver = true;
      this.resolve(event.model);
    }
    this.wake();
    return this.isOver;
  }

  /** Ends it with an error for everyone who waits on it. */
  fail(error: Error): void {
    if (this.isOver || this.failure) return;
    this.failure = error;
    this.reject(error);
    this.wake();
  }
}

/** A request that the daemon has not answered yet. */
interface Asked {
  take(message: ReceivedServerMessage): void;
  reject(error: Error): void;
}

/** The trainings that a client watches, and what it asks about them. */
export class ClientTrainings {
  private readonly watched = new Map<number, ClientTraining>();
  private readonly asked = new Map<number, Asked>();
  private nextRequest = 1;

  constructor(private readonly post: (message: ClientMessage) => void) {}

  /** @throws the daemon's refusal */
  start({ freeze, ...settings }: TrainingRequest, resume: boolean): Promise<ClientTraining> {
    const wire = { ...settings, freeze: [...(freeze ?? [])] };
    return this.ask((request) => ({ startTraining: { request, settings: wire, resume } }), this.began);
  }

  /** The one that is there already, where this client watches it. @throws TrainingError TRAINING_UNKNOWN */
  async watch(training: number): Promise<ClientTraining> {
    const known = this.watched.get(training);
    return known ?? this.ask((request) => ({ watchTraining: { request, training } }), this.began);
  }

  list(): Promise<TrainingSummary[]> {
    return this.ask(
      (request) => ({ listTrainings: { request } }),
      ({ trainingList }) => trainingList!.trainings.map(summaryFromWire),
    );
  }

  /** Takes a message from the connection. @returns whether it was about trainings */
  receive(message: ReceivedServerMessage): boolean {
    const { trainingReply, trainingList, trainingEvent, error } = message;
    if (trainingEvent) {
      this.tell(trainingEvent);
      return true;
    }
    const request = (trainingReply ?? trainingList ?? error)?.request;
    if (!request) return false;
    const asked = this.asked.get(request);
    this.asked.delete(request);
    if (error) asked?.reject(errorFromWire(error));
    else asked?.take(message);
    return true;
  }

  /** Ends all that waits here. */
  fail(error: Error): void {
    for (const { reject } of this.asked.values()) reject(error);
    this.asked.clear();
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
    const training = new ClientTraining(summary, () => this.ask(cancel, () => undefined));
    this.watched.set(summary.id, training);
    return training;
  };

  /** @param read is called before the next message is looked at, which may be an event already */
  private ask<T>(
    message: (request: number) => ClientMessage,
    read: (answer: ReceivedServerMessage) => T,
  ): Promise<T> {
    const request = this.nextRequest++;
    return new Promise((resolve, reject) => {
      this.post(message(request));
      const take = (answer: ReceivedServerMessage) => {
        try {
          resolve(read(answer));
        } catch {
          reject(
            new ProtocolError("PROTOCOL_MESSAGE", {
              subject: "answer about trainings",
              found: "another one",
            }),
          );
        }
      };
      this.asked.set(request, { take, reject });
    });
  }
}
