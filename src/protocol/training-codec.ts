import type { Filled, WireError } from "./codec.js";
import { defcon } from "./generated/defcon.js";

/**
 * Settings of a training as a client sends them. Absent ones have the daemon's defaults.
 * Paths are absolute, on the daemon's machine. With `simulate`, `set` is the plan by which samples
 * are simulated.
 */
export type TrainingRequest = Omit<defcon.TrainingSettings.$Properties, "$unknowns" | "freeze"> & {
  set: string;
  output: string;
  freeze?: readonly string[];
};

/** Settings of a tuning as a client sends them; see {@link TrainingRequest}. */
export type TuningRequest = Omit<defcon.TuningSettings.$Properties, "$unknowns" | "stacks"> & {
  stacks: readonly string[];
  output: string;
};

/** Settings of a training as the daemon receives them. Absent ones are null. */
export type WireTrainingSettings = defcon.TrainingSettings.$Properties;
export type WireTuningSettings = defcon.TuningSettings.$Properties;
export type WireStageSettings = defcon.StageSettings.$Properties;
export type WireSimulatedLength = defcon.SimulatedLength.$Properties;
export type WireTrainingEvent = Omit<defcon.TrainingEvent.$Properties, "training" | "event" | "$unknowns">;
export type WireTrainingSummary = defcon.TrainingSummary.$Properties;

type Progress = Filled<defcon.TrainingProgress.$Properties>;
type EpochRecord = Filled<defcon.EpochRecord.$Properties>;

type Likeness = Filled<defcon.TuningLikeness.$Properties>;
type Judged = Filled<defcon.TuningJudged.$Properties>;

/**
 * The events of a running training.
 * They are those of src/train/events.ts, and for a tuning those of src/tune/tune.ts as text. A
 * failure is an error instead.
 */
export type WatchedEvent =
  | ({ event: "started" } & Filled<defcon.TrainingStarted.$Properties>)
  | { event: "step"; progress: Progress }
  | { event: "epoch"; record: EpochRecord; best: boolean }
  | { event: "note"; text: string }
  | { event: "finished"; model: string; history: readonly EpochRecord[] }
  | { event: "measuring"; words: string; share: number }
  | { event: "measured"; findings: readonly { title: string; text: string }[] }
  | {
      event: "compared";
      mismatch: number;
      likenesses: readonly Likeness[];
      /** PNG. */
      recording: Uint8Array;
      simulation: Uint8Array;
    }
  | ({ event: "judged" } & Judged);

/** Whether an event is progress, which the next event makes outdated. */
export function isProgress({ event }: WatchedEvent): boolean {
  return event === "step" || event === "measuring";
}

/** Numbers of a training's states on the wire. */
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
  kind: "training" | "tuning";
  /** Path of the training set, of the simulation plan, or of the recording that is tuned to. */
  set: string;
  /** Folder of the model. */
  output: string;
  /** The name of the model, which is written as NAME.onnx. */
  name: string;
}

export function summaryToWire({ id, state, kind, ...rest }: TrainingSummary): WireTrainingSummary {
  return { training: id, state: STATES[state], tuning: kind === "tuning", ...rest };
}

/**
 * Reads a summary.
 * A state that only a newer daemon knows is read as `failed`: the training does not run as this
 * program knows it.
 */
export function summaryFromWire(summary: Filled<WireTrainingSummary>): TrainingSummary {
  const { training: id, tuning, set, output, name } = summary;
  const known = (Object.keys(STATES) as TrainingState[]).find((state) => STATES[state] === summary.state);
  return { id, state: known ?? "failed", kind: tuning ? "tuning" : "training", set, output, name };
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
    case "note":
      return { note: { text: event.text } };
    case "finished":
      return { finished: { model: event.model, history: [...event.history] } };
    case "measuring":
      return { measuring: { words: event.words, share: event.share } };
    case "measured":
      return { measured: { findings: [...event.findings] } };
    case "compared": {
      const { event: _, likenesses, ...compared } = event;
      return { compared: { ...compared, likenesses: [...likenesses] } };
    }
    case "judged": {
      const { event: _, ...judged } = event;
      return { judged };
    }
  }
}

/**
 * The event, or the error that a training ended with.
 * @returns undefined for an event that only a newer daemon knows
 */
export function eventFromWire(event: Filled<WireTrainingEvent>): WatchedEvent | WireError | undefined {
  const { started, step, epoch, note, finished, failed } = event as Partial<typeof event>;
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
  if (note) return { event: "note", text: note.text };
  if (finished) {
    return { event: "finished", model: finished.model, history: finished.history.map(plainRecord) };
  }
  return failed ?? tuningEventFromWire(event);
}

function tuningEventFromWire(event: Filled<WireTrainingEvent>): WatchedEvent | undefined {
  const { measuring, measured, compared, judged } = event as Partial<typeof event>;
  if (measuring) return { event: "measuring", words: measuring.words, share: measuring.share };
  if (measured) {
    return { event: "measured", findings: measured.findings.map(({ title, text }) => ({ title, text })) };
  }
  if (compared) {
    const { mismatch, likenesses, recording, simulation } = compared;
    return { event: "compared", mismatch, likenesses: likenesses.map(plainLikeness), recording, simulation };
  }
  if (!judged) return undefined;
  const { rows, objections, cutShort, model, report } = judged;
  const plain = rows.map(({ title, before, after }) => ({ title, before, after }));
  return { event: "judged", rows: plain, objections, cutShort, model, report };
}

function plainLikeness({ title, unit, real, simulated, difference }: Likeness): Likeness {
  return { title, unit, real, simulated, difference };
}

/**
 * A record with its own fields. A decoded message has fields of value zero in its prototype only.
 */
function plainRecord(record: EpochRecord): EpochRecord {
  const { stage, epoch, loss, validationLoss, learningRate, seconds } = record;
  return { stage, epoch, loss, validationLoss, learningRate, seconds };
}
