import { resolve } from "node:path";
import { checkArgument, checkOptions, FLAG, PATH } from "../base/arguments.js";
import { throwIfCancelled } from "../base/cancelled.js";
import { given } from "../base/given.js";
import type { Options } from "../base/options.js";
import { checkSettings } from "../train/check-settings.js";
import { readConfigFile } from "../train/config-file.js";
import type { EpochRecord, TrainingEvent } from "../train/events.js";
import {
  changedSettings,
  type DensitySettings,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  type StageSettings,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../train/settings.js";
import { TrainingRun } from "../train/training-run.js";
import { CALL_RULES } from "./work.js";

/**
 * Settings of a training. Those left out have the values of TRAINING_DEFAULTS.
 * With `simulate` they have the values of SIMULATED_TRAINING_DEFAULTS.
 */
export type TrainSettings = Options<
  Omit<TrainingSettings, "set" | "output" | "simulate" | "segmentation" | "density">
> &
  Pick<TrainingSettings, "set" | "output"> & {
    /**
     * Present: every sample is simulated anew by the plan in `set`, so many or for so long.
     * Absent: `set` is a training set.
     */
    simulate?: Options<SimulatedLength> | undefined;
    segmentation?: Options<StageSettings> | undefined;
    density?: Options<DensitySettings> | undefined;
  };

export interface TrainOptions {
  /** Resume from the checkpoint of an interrupted training; false where left out. */
  resume?: boolean | undefined;
  /** Whether an earlier training's model and history may be replaced; false where left out. */
  force?: boolean | undefined;
  /** Ends the training at the next batch, with a checkpoint to resume from. */
  signal?: AbortSignal | undefined;
  onProgress?: ((event: TrainingEvent) => void) | undefined;
}

const TRAIN_RULES = { resume: FLAG, force: FLAG, ...CALL_RULES };

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
 * `signal`; what `onProgress` throws, after which the training ends as after `signal`
 */
export async function train(config: string | TrainSettings, options: TrainOptions = {}): Promise<Trained> {
  checkOptions(options, TRAIN_RULES);
  const { resume = false, force, signal, onProgress } = options;
  throwIfCancelled(signal);
  const settings = typeof config === "string" ? await fromFile(config) : complete(config);
  let history: readonly EpochRecord[] = [];
  let fault: { error: unknown } | undefined;
  const onEvent = (event: TrainingEvent) => {
    if (event.event === "finished") history = event.history;
    try {
      if (!fault) onProgress?.(event);
    } catch (error) {
      // Events come from the thread: thrown here, the error would end the whole program.
      fault = { error };
      run.cancel();
    }
  };
  const run = TrainingRun.start(settings, resume, onEvent, force);
  const cancel = () => run.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const model = await run.finished;
    if (!fault) return { model, history };
  } catch (error) {
    throw fault ? fault.error : error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
  throw fault.error;
}

async function fromFile(path: string): Promise<TrainingSettings> {
  checkArgument("config", path, PATH);
  return (await readConfigFile(path)).settings;
}

function complete(config: TrainSettings): TrainingSettings {
  checkSettings(config);
  const { set, output, checkpoints = output, simulate, segmentation, density, ...others } = config;
  const defaults = simulate ? SIMULATED_TRAINING_DEFAULTS : TRAINING_DEFAULTS;
  const paths = { set: resolve(set), output: resolve(output), checkpoints: resolve(checkpoints) };
  const name = others.name ?? others.architecture ?? defaults.name;
  return changedSettings(
    { ...defaults, ...paths },
    {
      ...given({ ...others, name }),
      ...(simulate && { simulate: given(simulate) }),
      segmentation: given(segmentation ?? {}),
      density: given(density ?? {}),
    },
  );
}
