import { ABOVE_ZERO, type NumberRule, numberFrom, wholeNumber } from "../base/number-rule.js";
import { DEVICES, ENGINES } from "../engine/engine.js";
import { DENSITY_LOSSES } from "../graph/losses.js";
import { ARCHITECTURES } from "../model/architectures.js";

interface Described {
  /** What it is, for the command line and the documentation. */
  text: string;
  /** Its key in the original's config.ini. */
  ini?: string;
  /** The default in words, where it follows from other settings. */
  otherwise?: string;
  /** The same for a training on simulated samples, where it differs. */
  otherwiseSimulated?: string;
  /** Stands for its value in a list of options: "n", "file.h5". */
  value?: string;
}

export interface NumberSetting extends Described, NumberRule {
  value: string;
  /** Undefined: without effect unless given, or derived from other settings. */
  default: number | undefined;
  /** The default of a training on simulated samples, where it differs. */
  simulated?: number;
}

export interface ChoiceSetting extends Described {
  choices: readonly string[];
  /** Undefined: see `otherwise`. */
  default: string | undefined;
  simulated?: string;
  /** What each choice means that the command line offers as an option of its own. */
  flags?: Readonly<Record<string, string>>;
}

export interface FlagSetting extends Described {
  default: boolean;
  simulated?: boolean;
}

/** A text: a path, the name of a file without its folder, or words. */
export interface TextSetting extends Described {
  kind: "path" | "file name" | "words";
  value: string;
  default: string | undefined;
  /** All that the command line takes. The training itself refuses other words when it begins. */
  offered?: readonly string[];
}

/** A list of words. */
export interface ListSetting extends Described {
  value: string;
  default: readonly string[];
}

export type TrainingSetting = NumberSetting | ChoiceSetting | FlagSetting | TextSetting | ListSetting;

/** Where a training reads and writes. */
export const FILE_SETTINGS = {
  set: {
    kind: "path",
    value: "file.h5",
    default: undefined,
    ini: "TrainingSetPath",
    text: "the training set",
  },
  output: {
    kind: "path",
    value: "folder",
    default: undefined,
    ini: "OutputDir",
    text: "where the model goes",
  },
  checkpoints: {
    kind: "path",
    value: "folder",
    default: undefined,
    ini: "WeightDir",
    text: "where the checkpoint goes",
  },
} as const satisfies Record<string, TrainingSetting>;

/** How long a training on simulated samples is: set one of these. */
export const LENGTH_SETTINGS = {
  samples: {
    ...wholeNumber(1),
    value: "n",
    default: undefined,
    text: "samples to simulate, in each stage",
  },
  minutes: {
    expected: "a number above 0 and at most 525600, a year",
    holds: (minutes) => minutes > 0 && minutes <= 525_600,
    value: "n",
    default: undefined,
    simulated: 30,
    text: "as many samples as this machine trains on in about this time",
  },
} as const satisfies Record<string, TrainingSetting>;

/** The orders in which heads are trained. */
export const TRAINING_ORDERS = ["stages", "both", "end-to-end"] as const;

/** What is trained. */
export const MODEL_SETTINGS = {
  name: {
    kind: "file name",
    value: "name",
    default: "defcon",
    ini: "ModelName",
    otherwise: "the architecture's",
    text: "name of the model",
  },
  architecture: {
    kind: "words",
    value: "name",
    default: "defcon",
    offered: [...ARCHITECTURES.keys()],
    text: "the network to train",
  },
  order: {
    choices: TRAINING_ORDERS,
    default: "stages",
    simulated: "both",
    flags: {
      both: "train both heads together instead of one after the other",
      "end-to-end": "train all layers for the density map alone",
    },
    text: "stages: the segmentation head first, then the density head on its output",
  },
} as const satisfies Record<string, TrainingSetting>;

/**
 * How a stage is trained. Each stage has its own values; the command line sets all stages alike.
 */
export const STAGE_SETTINGS = {
  batchSize: {
    ...wholeNumber(1, 4096),
    value: "n",
    default: 32,
    simulated: 16,
    ini: "BatchSize",
    text: "samples in each training step",
  },
  epochs: {
    ...wholeNumber(1),
    value: "n",
    default: 15,
    ini: "NumEpochs",
    text: "most epochs of a stage",
  },
  validationSplit: {
    expected: "0 for no validation, or a share between 0 and 1",
    holds: (share) => share >= 0 && share < 1,
    value: "share",
    default: 0.1,
    ini: "ValidationSplit",
    text: "share of the samples to validate with, the last ones of the set; 0: none",
  },
  learningRate: {
    ...ABOVE_ZERO,
    value: "r",
    default: 1e-3,
    ini: "AdamLR",
    text: "step size of Adam",
  },
  finalLearningRate: {
    ...ABOVE_ZERO,
    value: "r",
    default: undefined,
    otherwise: "it stays",
    otherwiseSimulated: "a hundredth of it",
    text: "what it falls to until the stage's last epoch",
  },
} as const satisfies Record<string, NumberSetting>;

/** Further settings of the density stage. */
export const DENSITY_SETTINGS = {
  loss: {
    choices: DENSITY_LOSSES,
    default: "pixel_count",
    simulated: "local_count",
    text: "loss of the density map",
  },
  lambda: {
    ...numberFrom(0),
    value: "weight",
    default: 0.01,
    simulated: 0.9,
    ini: "LambdaFactor",
    text: "weight of its second term",
  },
} as const satisfies Record<string, TrainingSetting>;

/** Settings of the training as a whole. */
export const RUN_SETTINGS = {
  patience: {
    ...wholeNumber(1),
    value: "n",
    default: 1,
    text: "end a stage after this many epochs without a lower validation loss",
  },
  seed: { ...wholeNumber(0), value: "n", default: 42, text: "the same seed gives the same model" },
  augment: { default: false, text: "change the samples at random each time they are used" },
  dropout: {
    default: true,
    simulated: false,
    text: "train without dropout, which only blurs where a set is large",
  },
  freeze: {
    value: "layers...",
    default: [],
    text: "keep the weights of these layers; segmentation or density stands for all of that head",
  },
  engine: { choices: ENGINES, default: "auto", text: "what computes" },
  device: {
    choices: DEVICES,
    default: undefined,
    otherwise: "the engine's own: with ONNX Runtime the CPU",
    text: "where to compute",
  },
  init: { kind: "path", value: "model", default: undefined, text: "start from a model's weights" },
} as const satisfies Record<string, TrainingSetting>;
