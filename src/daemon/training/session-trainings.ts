import { ProtocolError } from "../../base/errors.js";
import { WIRE_LIMITS } from "../../base/limits.js";
import { errorToWire, type ReceivedClientMessage, type ServerMessage } from "../../protocol/codec.js";
import { summaryToWire } from "../../protocol/training-codec.js";
import { requestNumber } from "../request-fields.js";
import type { ServerTraining } from "./training.js";
import { TrainingWatch } from "./training-watch.js";
import type { Trainings } from "./trainings.js";

/** Whether {@link SessionTrainings} answers a message. */
export function isAboutTrainings(message: ReceivedClientMessage): boolean {
  return requestOf(message) !== undefined;
}

/** What the trainings of a session need of its connection. */
export interface TrainingHost {
  /**
   * @param onWritten called when the message has left this process, and never where the connection
   * ends before that
   */
  send(message: ServerMessage, onWritten?: () => void): void;
  /** Called when the client was told the end of a training. */
  told(): void;
}

/** One client's requests about trainings, and the trainings that it watches. */
export class SessionTrainings {
  private readonly watches = new Map<number, TrainingWatch>();

  constructor(
    private readonly trainings: Trainings,
    private readonly host: TrainingHost,
  ) {}

  /** Whether the client was told the end of all trainings that it watches. */
  get isIdle(): boolean {
    return this.watches.size === 0;
  }

  /**
   * Answers a request.
   * @throws ProtocolError PROTOCOL_MESSAGE for one without a number
   */
  handle(message: ReceivedClientMessage): void {
    const { startTraining, startTuning, watchTraining, cancelTraining } = message;
    const request = requestNumber(message.message, requestOf(message));
    try {
      if (startTraining) {
        this.watch(request, () => this.trainings.start(startTraining.settings, startTraining.resume));
      } else if (startTuning) {
        this.watch(request, () => this.trainings.startTuning(startTuning.settings));
      } else if (watchTraining) {
        this.watch(request, () => this.trainings.get(watchTraining.training));
      } else if (cancelTraining) {
        const training = this.trainings.get(cancelTraining.training);
        training.cancel();
        this.reply(request, training);
      } else {
        const trainings = this.trainings.list().map(summaryToWire);
        this.host.send({ trainingList: { request, trainings } });
      }
    } catch (error) {
      this.host.send({ error: errorToWire(error, { request }) });
    }
  }

  /** Tells the client nothing more. */
  close(): void {
    for (const watch of this.watches.values()) watch.close();
    this.watches.clear();
  }

  private watch(request: number, find: () => ServerTraining): void {
    this.checkCount();
    const training = find();
    const { id } = training;
    this.watches.get(id)?.close();
    this.reply(request, training);
    const onTold = () => {
      this.watches.delete(id);
      this.host.told();
    };
    this.watches.set(
      id,
      new TrainingWatch(training, (message, done) => this.host.send(message, done), onTold),
    );
  }

  private reply(request: number, training: ServerTraining): void {
    this.host.send({ trainingReply: { request, training: summaryToWire(training.summary) } });
  }

  /** Limits what a client keeps in memory that reads nothing of what it watches. */
  private checkCount(): void {
    const most = WIRE_LIMITS.maxEndedTrainings + 1;
    if (this.watches.size < most) return;
    throw new ProtocolError("PROTOCOL_LIMIT", {
      subject: "training",
      expected: `at most ${most} watched at a time`,
      found: "one more",
      advice: "Read the events that the daemon sends.",
    });
  }
}

/** The number of a request about trainings; undefined for a message about something else. */
function requestOf(message: ReceivedClientMessage): number | undefined {
  const { startTraining, startTuning, listTrainings, watchTraining, cancelTraining } = message;
  return (startTraining ?? startTuning ?? listTrainings ?? watchTraining ?? cancelTraining)?.request;
}
