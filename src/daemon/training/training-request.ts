import type { WireSimulatedLength, WireTrainingSettings } from "../../protocol/training-codec.js";
import {
  changedSettings,
  type GivenSettings,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  simulatedLength,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../../train/settings.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
  type TrainingSetting,
} from "../../train/settings-table.js";
import { configError, fileName, list, number, oneOf, path, text } from "../request-fields.js";

/**
 * The settings of a training that a client asks for, with defaults for those that it left out.
 * The training itself checks what only the set or the network can tell, such as a layer's name.
 * @throws TrainingError TRAINING_CONFIG, naming the field
 */
export function checkTrainingRequest(wire: WireTrainingSettings | null | undefined): TrainingSettings {
  const sent = wire ?? {};
  const output = path("output", sent.output);
  if (sent.segmentation?.loss != null || sent.segmentation?.lambda != null) {
    throw configError("segmentation", "no loss and no lambda, which the density stage alone has", "one");
  }
  const { checkpoints } = FILE_SETTINGS;
  const paths = { set: path("set", sent.set), output, checkpoints: output, ...given(sent, { checkpoints }) };
  const defaults = sent.simulate == null ? TRAINING_DEFAULTS : SIMULATED_TRAINING_DEFAULTS;
  const settings: GivenSettings = {
    ...given(sent, MODEL_SETTINGS),
    segmentation: given(sent.segmentation ?? {}, STAGE_SETTINGS, "segmentation."),
    density: given(sent.density ?? {}, { ...STAGE_SETTINGS, ...DENSITY_SETTINGS }, "density."),
    ...given(sent, RUN_SETTINGS),
    ...(sent.simulate != null && { simulate: lengthOf(sent.simulate) }),
  };
  return changedSettings({ ...defaults, ...paths }, settings);
}

function lengthOf(sent: WireSimulatedLength): SimulatedLength {
  if (sent.samples != null && sent.minutes != null) {
    throw configError("simulate", "samples or minutes", "both", "Leave one of them out.");
  }
  return simulatedLength(given(sent, LENGTH_SETTINGS, "simulate."));
}

/**
 * The settings of a table that were sent, checked.
 * @param prefix where they are in the message
 */
function given<Sent extends object, K extends keyof Sent & string>(
  sent: Sent,
  settings: Readonly<Record<K, TrainingSetting>>,
  prefix = "",
): object {
  const names = (Object.keys(settings) as K[]).filter((name) => sent[name] != null);
  return Object.fromEntries(
    names.map((name) => [name, checked(`${prefix}${name}`, settings[name], sent[name])]),
  );
}

/** A value as its setting takes it. The wire's format has checked its type. */
function checked(field: string, setting: TrainingSetting, value: unknown): unknown {
  if ("holds" in setting) return number(field, setting, value as number);
  if ("choices" in setting) return oneOf(field, setting.choices, value as string);
  if ("kind" in setting) return TEXTS[setting.kind](field, value as string);
  if (typeof setting.default === "boolean") return value;
  return list(field, value as string[], (word) => text(field, word));
}

const TEXTS = { path, "file name": fileName, words: text } as const;
