import { resolve } from "node:path";
import { throwIfCancelled } from "../base/cancelled.js";
import { readConfigFile } from "../train/config-file.js";
import type { EpochRecord, TrainingEvent } from "../train/events.js";
import {
  changedSettings,
  SIMULATED_TRAINING_DEFAULTS,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../train/settings.js";
import { TrainingRun } from "../train/training-run.js";

/**
 * Settings of a training. Those left out have the values of TRAINING_DEFAULTS.
 * With `simulate` they have the values of SIMULATED_TRAINING_DEFAULTS.
 */
export type TrainSettings = Partial<TrainingSettings> & Pick<TrainingSettings, "set" | "output">;

export interface TrainOptions {
  /** Resume from the checkpoint of an interrupted training; false where left out. */
  resume?: boolean | undefined;
  /** Whether an earlier training's model and history may be replaced; false where left out. */
  force?: boolean | undefined;
  /** Ends the training at the next batch, with a checkpoint to resume from. */
  signal?: AbortSignal | undefined;
  onProgress?: ((event: TrainingEvent) => void) | undefined;
}

/** The result of a training. */
export interface Trained {
  /** Path of the model. */
  model: string;
  history: readonly EpochRecord[];
}

/**
 * Trains a network in a thread of its own.
 * @param config path of the original's config.ini, or settings
 * @throws TrainingError, DatasetError, InputError, EngineError; DefconError CANCELLED after
 * `signal`
 */
export async function train(
  config: string | TrainSettings,
  { resume = false, force, signal, onProgress }: TrainOptions = {},
): Promise<Trained> {
  throwIfCancelled(signal);
  const settings = typeof config === "string" ? (await readConfigFile(config)).settings : complete(config);
  let history: readonly EpochRecord[] = [];
  const onEvent = (event: TrainingEvent) => {
    if (event.event === "finished") history = event.history;
    onProgress?.(event);
  };
  const run = TrainingRun.start(settings, resume, onEvent, force);
  const cancel = () => run.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return { model: await run.finished, history };
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function complete({ set, output, checkpoints = output, ...given }: TrainSettings): TrainingSettings {
  const defaults = given.simulate ? SIMULATED_TRAINING_DEFAULTS : TRAINING_DEFAULTS;
  const paths = { set: resolve(set), output: resolve(output), checkpoints: resolve(checkpoints) };
  const name = given.name ?? given.architecture ?? defaults.name;
  return changedSettings({ ...defaults, ...paths }, { ...given, name });
}
