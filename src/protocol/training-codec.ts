import type { Filled, WireError } from "./codec.js";
import { defcon } from "./generated/defcon.js";

/**
 * Settings of a training as they are sent: absent ones are the daemon's defaults. Paths are absolute ones of the daemon's machine. With `simulate`, `set` is the plan that
 * samples are simulated by.
 */
export type TrainingRequest = Omit<defcon.TrainingSettings.$Properties, "$unknowns" | "freeze"> & {
  set: string;
  output: string;
  freeze?: readonly string[];
};

/** Settings of a training as they were received; what is absent is null. */
export type WireTrainingSettings = defcon.TrainingSettings.$Properties;
export type WireStageSettings = defcon.StageSettings.$Properties;
export type WireSimulatedLength = defcon.SimulatedLength.$Properties;
export type WireTrainingEvent = Omit<defcon.TrainingEvent.$Properties, "training" | "event" | "$unknowns">;
export type WireTrainingSummary = defcon.TrainingSummary.$Properties;

type Progress = Filled<defcon.TrainingProgress.$Properties>;
type EpochRecord = Filled<defcon.EpochRecord.$Properties>;

/** What a training tells while it runs: the events of src/train/events.ts. Its failure is an error instead. */
export type WatchedEvent =
  | ({ event: "started" } & Filled<defcon.TrainingStarted.$Properties>)
  | { event: "step"; progress: Progress }
  | { event: "epoch"; record: EpochRecord; best: boolean }
  | { event: "finished"; model: string; history: readonly EpochRecord[] };

/** States of a training by their number on the wire. */
const STATES = {
  running: defcon.TrainingState.RUNNING,
  finished: defcon.TrainingState.FINISHED,
  cancelled: defcon.TrainingState.CANCELLED,
  failed: defcon.TrainingState.FAILED,
} as const;

export type TrainingState = keyof typeof STATES;

/** A training that the daemon knows. */
export interface TrainingSummary {
  /** Its number, for as long as the daemon runs. */
  id: number;
  state: TrainingState;
  /** Path of the training set, or of the plan that samples are simulated by. */
  set: string;
  /** Folder of the model. */
  output: string;
  /** The model is written as NAME.onnx. */
  name: string;
}

export function summaryToWire({ id, state, ...rest }: TrainingSummary): WireTrainingSummary {
  return { training: id, state: STATES[state], ...rest };
}

/** A state of a newer daemon is read as `failed`: the training does not run as this program knows it. */
export function summaryFromWire(summary: Filled<WireTrainingSummary>): TrainingSummary {
  const { training: id, set, output, name } = summary;
  const known = (Object.keys(STATES) as TrainingState[]).find((state) => STATES[state] === summary.state);
  return { id, state: known ?? "failed", set, output, name };
}

export function eventToWire(event: WatchedEvent): WireTrainingEvent {
  switch (event.event) {
    case "started": {
      const { event: _, ...started } = event;
      return { started };
    }
    case "step":
      return { step: event.progress };
    case "epoch":
      return { epoch: { record: event.record, best: event.best } };
    case "finished":
      return { finished: { model: event.model, history: [...event.history] } };
  }
}

/** The event, the error that a training ended with, or undefined for an event that only a newer daemon knows. */
export function eventFromWire(event: Filled<WireTrainingEvent>): WatchedEvent | WireError | undefined {
  const { started, step, epoch, finished, failed } = event as Partial<typeof event>;
  if (started) {
    const { engine, device, reason, samples, validation, width, height, parameters, resumed } = started;
    const sizes = { samples, validation, width, height, parameters, resumed };
    return { event: "started", engine, device, reason, ...sizes };
  }
  if (step) {
    const { stage, epoch, epochs, batch, batches, loss, samplesPerSecond, secondsLeft } = step;
    const progress = { stage, epoch, epochs, batch, batches, loss, samplesPerSecond, secondsLeft };
    return { event: "step", progress };
  }
  if (epoch?.record) return { event: "epoch", record: plainRecord(epoch.record), best: epoch.best };
  if (finished) {
    return { event: "finished", model: finished.model, history: finished.history.map(plainRecord) };
  }
  return failed ?? undefined;
}

/** A decoded message has fields of value zero in its prototype alone. */
function plainRecord(record: EpochRecord): EpochRecord {
  const { stage, epoch, loss, validationLoss, learningRate, seconds } = record;
  return { stage, epoch, loss, validationLoss, learningRate, seconds };
}
