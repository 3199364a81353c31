import { basename } from "node:path";
import { TrainingError } from "../../base/errors.js";
import { WIRE_LIMITS } from "../../base/limits.js";
import type {
  TrainingSummary,
  WireTrainingSettings,
  WireTuningSettings,
} from "../../protocol/training-codec.js";
import { TrainingRun } from "../../train/training-run.js";
import { TuningRun } from "../../tune/tuning-run.js";
import { stoppingError } from "../stopping-error.js";
import { ServerTraining, type TrainingPlan } from "./training.js";
import { checkTrainingRequest } from "./training-request.js";
import { TuningWords } from "./tuning-events.js";
import { checkTuningRequest } from "./tuning-request.js";

export interface TrainingsOptions {
  /** Whether clients are on this machine, so that they may name files by path. */
  local: boolean;
  /** Called when a training begins, and again when it is over. */
  onChange: (training: TrainingSummary) => void;
  /** Paths of models that the daemon offers by name besides the user's. */
  offered?: readonly string[];
  /** {@link TrainingRun.start}, or a replacement. */
  startRun?: (...task: Parameters<typeof TrainingRun.start>) => Pick<TrainingRun, "finished" | "cancel">;
}

/**
 * The trainings and tunings of a daemon, whoever started them. One runs at a time.
 * Each has a thread of its own, so that frames are counted meanwhile.
 */
export class Trainings {
  private readonly known = new Map<number, ServerTraining>();
  private running: ServerTraining | undefined;
  private nextId = 1;
  private isStopping = false;

  constructor(private readonly options: TrainingsOptions) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /**
   * Starts a training.
   * @throws TrainingError TRAINING_REMOTE, TRAINING_CONFIG, TRAINING_RUNNING; DaemonError
   * DAEMON_STOPPING
   */
  start(wire: WireTrainingSettings | null | undefined, resume: boolean): ServerTraining {
    return this.begin(() => {
      const settings = checkTrainingRequest(wire);
      const { set, output, name } = settings;
      const startRun = this.options.startRun ?? TrainingRun.start;
      return {
        kind: "training",
        set,
        output,
        name,
        start: (onEvent) => startRun(settings, resume, onEvent),
      };
    });
  }

  /**
   * Starts a tuning.
   * @throws the same as {@link start}
   */
  startTuning(wire: WireTuningSettings | null | undefined): ServerTraining {
    return this.begin(() => {
      const { offered = [] } = this.options;
      const settings = { ...checkTuningRequest(wire), offered };
      const { stacks, folder } = settings;
      return {
        kind: "tuning",
        set: stacks[0]!,
        output: folder,
        name: basename(folder),
        start: (onEvent) => {
          const words = new TuningWords();
          const run = TuningRun.start(settings, (event) => {
            const told = words.of(event);
            if (told) onEvent(told);
          });
          return { finished: run.finished.then(({ model }) => model), cancel: () => run.cancel() };
        },
      };
    });
  }

  /** @param check makes the plan of what a client asks for, or throws */
  private begin(check: () => TrainingPlan): ServerTraining {
    if (this.isStopping) throw stoppingError();
    if (!this.options.local) throw remoteTrainingError();
    const plan = check();
    if (this.running) throw runningError(this.running.summary);
    const training = new ServerTraining(this.nextId++, plan);
    this.known.set(training.id, training);
    this.running = training;
    this.options.onChange(training.summary);
    void training.ended.then(() => this.ended(training));
    return training;
  }

  /** @throws TrainingError TRAINING_UNKNOWN */
  get(id: number): ServerTraining {
    const training = this.known.get(id);
    if (training) return training;
    throw new TrainingError("TRAINING_UNKNOWN", {
      subject: `training ${id}`,
      expected: "the number of a training under way or one that ended lately",
      advice: "List the trainings.",
    });
  }

  /** Oldest first. */
  list(): TrainingSummary[] {
    return [...this.known.values()].map(({ summary }) => summary);
  }

  /**
   * Starts no more trainings, and ends the one under way at its next batch with a checkpoint.
   * It waits for that end.
   */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.running?.cancel();
    await this.running?.ended;
  }

  private ended(training: ServerTraining): void {
    this.running = undefined;
    const [oldest] = this.known.keys();
    if (this.known.size > WIRE_LIMITS.maxEndedTrainings) this.known.delete(oldest!);
    this.options.onChange(training.summary);
  }
}

function remoteTrainingError(): TrainingError {
  return new TrainingError("TRAINING_REMOTE", {
    subject: "training",
    expected: "a daemon that only its own machine reaches",
    found: "one that takes no paths from clients",
    advice: "Train on that machine: defcon-fiji train",
  });
}

function runningError({ id, kind, name, set }: TrainingSummary): TrainingError {
  return new TrainingError("TRAINING_RUNNING", {
    subject: `${kind} ${id} of ${name} on ${set} is under way`,
    advice: "Wait for its end, or cancel it.",
  });
}
