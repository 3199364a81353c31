import type { Device, EngineName } from "../engine/engine.js";
import type { DensityLoss } from "../graph/losses.js";
import {
  DENSITY_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
  type TRAINING_ORDERS,
  type TrainingSetting,
} from "./settings-table.js";

/** How one stage is trained. */
export interface StageSettings {
  batchSize: number;
  /** Most passes over the set. */
  epochs: number;
  /** Share of the samples, the last ones of the set, held back for validation; from 0, below 1. */
  validationSplit: number;
  learningRate: number;
  /** What the learning rate falls to at the stage's end; left out: it stays. */
  finalLearningRate?: number;
}

/** How the density stage is trained. */
export interface DensitySettings extends StageSettings {
  loss: DensityLoss;
  lambda: number;
}

/**
 * How long a training on simulated samples is: samples in each stage, or minutes.
 * Minutes are turned into `samples` when the training begins.
 */
export interface SimulatedLength {
  samples?: number;
  minutes?: number;
}

/**
 * - `stages`: the segmentation network first, then the density network on its output;
 * - `both`: the two heads together, by the density stage's settings;
 * - `end-to-end`: all layers for the density map alone, by the density stage's settings.
 */
export type TrainingOrder = (typeof TRAINING_ORDERS)[number];

/**
 * Everything that determines a model besides the samples.
 * The same settings and machine give the same model. src/train/settings-table.ts has each setting's
 * default, rule and description.
 */
export interface TrainingSettings {
  /** Path of the training set, or of the plan that samples are simulated by. */
  set: string;
  /**
   * Present: every sample is simulated anew by the plan in `set`. Absent: `set` is a training set.
   */
  simulate?: SimulatedLength;
  /** Folder of the model, the history and the pictures. */
  output: string;
  /** Folder of the checkpoint. */
  checkpoints: string;
  /** The model is written as NAME.onnx. */
  name: string;
  architecture: string;
  order: TrainingOrder;
  segmentation: StageSettings;
  density: DensitySettings;
  /** A stage ends after this many epochs without a lower validation loss. */
  patience: number;
  seed: number;
  /** Change every sample at random each time it is used. */
  augment: boolean;
  /** False: dropout layers pass everything on, as they do in prediction. */
  dropout: boolean;
  /** Path of a model to start from. */
  init?: string;
  /** Layers whose weights stay as they are; a head's name stands for all its layers. */
  freeze: readonly string[];
  engine: EngineName;
  /** The engine's own where left out. */
  device?: Device;
}

/** Settings that have defaults: all but the paths. */
export type TrainingDefaults = Omit<TrainingSettings, "set" | "output" | "checkpoints">;

/** The original's values, for settings that are left out. */
export const TRAINING_DEFAULTS: TrainingDefaults = defaults(({ default: value }) => value);

/** The defaults of a training on simulated samples, which the shipped models were trained with. */
export const SIMULATED_TRAINING_DEFAULTS: TrainingDefaults = defaults((setting) =>
  "simulated" in setting ? (setting.simulated ?? setting.default) : setting.default,
);

/**
 * Share of the learning rate that a training on simulated samples falls to by default.
 * No sample is seen twice, so the last steps should be the finest.
 */
export const SIMULATED_RATE_FALL = 0.01;

/** The length of a training on simulated samples as asked for, or the default length. */
export function simulatedLength({ samples, minutes }: SimulatedLength): SimulatedLength {
  return samples === undefined ? { minutes: minutes ?? LENGTH_SETTINGS.minutes.simulated } : { samples };
}

/** Settings as a configuration file, a command line or a client gives them. */
export type GivenSettings = Partial<Omit<TrainingSettings, "segmentation" | "density">> & {
  segmentation?: Partial<StageSettings>;
  density?: Partial<DensitySettings>;
};

/**
 * Settings, with the given ones in place of their own.
 * The order of keys is the same whoever gives them, because a model's recipe shows it.
 */
export function changedSettings<S extends TrainingDefaults>(
  settings: S,
  { segmentation, density, ...others }: GivenSettings,
): S {
  return {
    ...settings,
    ...others,
    segmentation: { ...settings.segmentation, ...segmentation },
    density: { ...settings.density, ...density },
  };
}

function defaults(pick: (setting: TrainingSetting) => unknown): TrainingDefaults {
  const all = (settings: Readonly<Record<string, TrainingSetting>>) =>
    Object.fromEntries(
      Object.entries(settings)
        .map(([name, setting]) => [name, pick(setting)] as const)
        .filter(([, value]) => value !== undefined),
    );
  const stage = all(STAGE_SETTINGS);
  return {
    ...all(MODEL_SETTINGS),
    segmentation: stage,
    density: { ...stage, ...all(DENSITY_SETTINGS) },
    ...all(RUN_SETTINGS),
  } as unknown as TrainingDefaults;
}
