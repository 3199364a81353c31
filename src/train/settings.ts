import type { Device, EngineName } from "../engine/engine.js";
import type { DensityLoss } from "../graph/losses.js";

/** How one stage is trained. */
export interface StageSettings {
  batchSize: number;
  /** At most so many passes over the set. */
  epochs: number;
  /** Share of the samples, the last ones of the set, that are held back to judge by; 0 to 1, ends excluded. */
  validationSplit: number;
  learningRate: number;
  /** What the learning rate falls to until the stage's end; left out: it stays. */
  finalLearningRate?: number;
}

/** How long a training on simulated samples is: so many samples in each stage, or as many as this machine trains on in some minutes, which are then written into `samples`. */
export interface SimulatedLength {
  samples?: number;
  minutes?: number;
}

export const TRAINING_ORDERS = ["stages", "both", "end-to-end"] as const;
export type TrainingOrder = (typeof TRAINING_ORDERS)[number];

/** Everything that determines a model besides the samples: the same settings and machine give the same model. */
export interface TrainingSettings {
  /** Path of the training set, or of the plan that samples are simulated by. */
  set: string;
  /** Simulate every sample anew by the plan in `set`; left out: `set` is a training set. */
  simulate?: SimulatedLength;
  /** Folder of the model, the history and the pictures. */
  output: string;
  /** Folder of the checkpoint. */
  checkpoints: string;
  /** The model is written as NAME.onnx. */
  name: string;
  architecture: string;
  /** `stages`: the segmentation network first, then the density network on its output; `both`: the two heads together; `end-to-end`: all layers for the density map alone, both by the density stage's settings. */
  order: TrainingOrder;
  segmentation: StageSettings;
  density: StageSettings & { loss: DensityLoss; lambda: number };
  /** A stage ends after so many epochs without a lower validation loss. */
  patience: number;
  seed: number;
  /** Change every sample at random each time it is used. */
  augment: boolean;
  /** Let the dropout layers drop; without, they pass everything on, as in prediction. */
  dropout: boolean;
  /** Path of a model to start from. */
  init?: string;
  /** Layers, or heads that stand for all their layers, whose weights stay as they are. */
  freeze: readonly string[];
  engine: EngineName;
  device: Device;
}

const STAGE: StageSettings = { batchSize: 32, epochs: 15, validationSplit: 0.1, learningRate: 1e-3 };

/** What is not said otherwise; the original's values. */
export const TRAINING_DEFAULTS = {
  name: "defcon",
  architecture: "defcon",
  order: "stages",
  segmentation: STAGE,
  density: { ...STAGE, loss: "pixel_count", lambda: 0.01 },
  patience: 1,
  seed: 42,
  augment: false,
  dropout: true,
  freeze: [],
  engine: "auto",
  device: "auto",
} as const satisfies Omit<TrainingSettings, "set" | "output" | "checkpoints">;

/** The same for a training on simulated samples: as the shipped models were trained. */
export const SIMULATED_TRAINING_DEFAULTS = {
  ...TRAINING_DEFAULTS,
  order: "both",
  segmentation: { ...STAGE, batchSize: 16 },
  density: { ...STAGE, batchSize: 16, loss: "local_count", lambda: 0.9 },
  dropout: false,
} as const satisfies Omit<TrainingSettings, "set" | "output" | "checkpoints">;

/** Where nothing is said of the length of a training on simulated samples. */
export const SIMULATED_DEFAULT: SimulatedLength = { minutes: 30 };

/** Where nothing is said, the learning rate of a training on simulated samples falls to this share: it sees none twice, and what it learnt last should be the finest. */
export const SIMULATED_RATE_FALL = 0.01;

/** What a number must be. */
export interface Rule {
  expected: string;
  holds(value: number): boolean;
}

const RATE: Rule = { expected: "a number above 0", holds: (n) => n > 0 && Number.isFinite(n) };

/** What the numbers of a training may be: in a configuration file, on the command line and on the wire. */
export const RULES = {
  batchSize: {
    expected: "a whole number from 1 to 4096",
    holds: (n) => Number.isInteger(n) && n >= 1 && n <= 4096,
  },
  epochs: { expected: "a whole number of at least 1", holds: (n) => Number.isInteger(n) && n >= 1 },
  validationSplit: { expected: "a share between 0 and 1", holds: (n) => n > 0 && n < 1 },
  learningRate: RATE,
  finalLearningRate: RATE,
  lambda: { expected: "a number of at least 0", holds: (n) => n >= 0 && Number.isFinite(n) },
  patience: { expected: "a whole number of at least 1", holds: (n) => Number.isSafeInteger(n) && n >= 1 },
  samples: {
    expected: "a whole number of at least 1",
    holds: (n) => Number.isSafeInteger(n) && n >= 1,
  },
  minutes: { expected: "a number above 0 and at most 525600, a year", holds: (n) => n > 0 && n <= 525_600 },
  seed: { expected: "a whole number of at least 0", holds: (n) => Number.isSafeInteger(n) && n >= 0 },
} as const satisfies Record<string, Rule>;
