import { DEVICES, ENGINES } from "../../engine/engine.js";
import { DENSITY_LOSSES } from "../../graph/losses.js";
import type {
  WireSimulatedLength,
  WireStageSettings,
  WireTrainingSettings,
} from "../../protocol/training-codec.js";
import {
  RULES,
  SIMULATED_DEFAULT,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  type StageSettings,
  TRAINING_DEFAULTS,
  TRAINING_ORDERS,
  type TrainingSettings,
} from "../../train/settings.js";
import { configError, fileName, number, oneOf, path, text } from "../request-fields.js";

/**
 * The settings of a training from those that a client sent, with the defaults for what it left out. What only the set or the network can tell is left to
 * the training.
 * @throws TrainingError TRAINING_CONFIG, naming the field
 */
export function checkTrainingRequest(wire: WireTrainingSettings | null | undefined): TrainingSettings {
  const sent = wire ?? {};
  const output = path("output", sent.output);
  if (sent.segmentation?.loss != null || sent.segmentation?.lambda != null) {
    throw configError("segmentation", "no loss and no lambda, which the density stage alone has", "one");
  }
  const defaults = sent.simulate == null ? TRAINING_DEFAULTS : SIMULATED_TRAINING_DEFAULTS;
  const { density } = defaults;
  return {
    set: path("set", sent.set),
    output,
    checkpoints: sent.checkpoints == null ? output : path("checkpoints", sent.checkpoints),
    name: fileName("name", sent.name ?? defaults.name),
    architecture: text("architecture", sent.architecture ?? defaults.architecture),
    order: oneOf("order", TRAINING_ORDERS, sent.order, defaults.order),
    segmentation: {
      ...stage("segmentation", sent.segmentation, defaults.segmentation),
      ...finalLearningRate("segmentation", sent.segmentation),
    },
    density: {
      ...stage("density", sent.density, density),
      loss: oneOf("density.loss", DENSITY_LOSSES, sent.density?.loss, density.loss),
      lambda: number("density.lambda", RULES.lambda, sent.density?.lambda, density.lambda),
      // Last, as where the command line adds it: a model's recipe has its settings in this order.
      ...finalLearningRate("density", sent.density),
    },
    patience: number("patience", RULES.patience, sent.patience, defaults.patience),
    seed: number("seed", RULES.seed, sent.seed, defaults.seed),
    augment: sent.augment ?? defaults.augment,
    dropout: sent.dropout ?? defaults.dropout,
    ...(sent.init != null && { init: path("init", sent.init) }),
    freeze: (sent.freeze ?? defaults.freeze).map((layer) => text("freeze", layer)),
    // Behind what every recipe has, as where the command line adds it.
    ...(sent.simulate != null && { simulate: simulatedLength(sent.simulate) }),
    engine: oneOf("engine", ENGINES, sent.engine, defaults.engine),
    device: oneOf("device", DEVICES, sent.device, defaults.device),
  };
}

function simulatedLength({ samples, minutes }: WireSimulatedLength): SimulatedLength {
  if (samples != null && minutes != null) {
    throw configError("simulate", "samples or minutes", "both", "Leave one of them out.");
  }
  if (samples != null) return { samples: number("simulate.samples", RULES.samples, samples, 0) };
  return { minutes: number("simulate.minutes", RULES.minutes, minutes, SIMULATED_DEFAULT.minutes!) };
}

const STAGE_NUMBERS = ["batchSize", "epochs", "validationSplit", "learningRate"] as const;

function finalLearningRate(
  name: string,
  sent: WireStageSettings | null | undefined,
): Pick<StageSettings, "finalLearningRate"> {
  if (sent?.finalLearningRate == null) return {};
  const rate = number(`${name}.finalLearningRate`, RULES.finalLearningRate, sent.finalLearningRate, 0);
  return { finalLearningRate: rate };
}

function stage(
  name: string,
  sent: WireStageSettings | null | undefined,
  defaults: StageSettings,
): StageSettings {
  const numbers = STAGE_NUMBERS.map((key) => [
    key,
    number(`${name}.${key}`, RULES[key], sent?.[key], defaults[key]),
  ]);
  return Object.fromEntries(numbers) as unknown as StageSettings;
}
