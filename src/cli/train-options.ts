import { basename, resolve } from "node:path";
import { Option } from "commander";
import { TrainingError } from "../base/errors.js";
import { readConfigFile } from "../train/config-file.js";
import {
  changedSettings,
  type DensitySettings,
  type GivenSettings,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  simulatedLength,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../train/settings.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
  type TrainingSetting,
} from "../train/settings-table.js";
import { deviceOption, engineOption } from "./engine-option.js";
import { flagOf, numberThat } from "./options.js";

/** The options of `train` that are settings, as commander gives them. */
export interface TrainSettingOptions
  extends Partial<DensitySettings>,
    SimulatedLength,
    Partial<Pick<TrainingSettings, "set" | "output" | "name" | "architecture" | keyof typeof RUN_SETTINGS>> {
  /** Path of a plan. */
  simulate?: string;
  both?: boolean;
  endToEnd?: boolean;
}

/** The options of `train` that are settings, made from the table of settings. */
export function settingOptions(): Option[] {
  const { checkpoints: _, set, ...files } = FILE_SETTINGS;
  const { engine: __, device: ___, ...run } = RUN_SETTINGS;
  const simulate = new Option("--simulate <plan.json>", "simulate every sample anew instead, by a plan");
  const settings = {
    ...files,
    ...LENGTH_SETTINGS,
    ...MODEL_SETTINGS,
    ...STAGE_SETTINGS,
    ...DENSITY_SETTINGS,
    ...run,
  };
  const options = Object.entries(settings).flatMap(([name, setting]) => optionsOf(name, setting));
  for (const option of options) {
    const conflict = CONFLICTS[option.attributeName()];
    if (conflict) option.conflicts(conflict);
  }
  return [...optionsOf("set", set), simulate.conflicts("set"), ...options, engineOption(), deviceOption()];
}

const CONFLICTS: Readonly<Record<string, string>> = { samples: "minutes", endToEnd: "both" };
const SHORT_FLAGS: Readonly<Record<string, string>> = { output: "-o, " };

function optionsOf(name: string, setting: TrainingSetting): Option[] {
  const flag = flagOf(name);
  const text = `${setting.text}${defaultText(setting)}`;
  if (typeof setting.default === "boolean")
    return [new Option(setting.default ? `--no-${name}` : flag, setting.text)];
  if ("flags" in setting && setting.flags) {
    return Object.entries(setting.flags).map(([choice, meaning]) => {
      const simulated = choice === setting.simulated ? " (default on simulated samples)" : "";
      return new Option(`--${choice}`, `${meaning}${simulated}`);
    });
  }
  const option = new Option(`${SHORT_FLAGS[name] ?? ""}${flag} <${setting.value ?? name}>`, text);
  if ("holds" in setting) return [option.argParser(numberThat(setting))];
  if ("choices" in setting) return [option.choices(setting.choices)];
  if ("offered" in setting && setting.offered) return [option.choices(setting.offered)];
  return [option];
}

/** " (default: 32; on simulated samples 16)" */
function defaultText(setting: TrainingSetting): string {
  const usual = setting.otherwise ?? (Array.isArray(setting.default) ? undefined : setting.default);
  const simulated = setting.otherwiseSimulated ?? ("simulated" in setting ? setting.simulated : undefined);
  if (usual === undefined) return simulated === undefined ? "" : ` (default: ${simulated})`;
  return ` (default: ${usual}${simulated === undefined ? "" : `; on simulated samples ${simulated}`})`;
}

/**
 * A training's settings: options, in place of those of a configuration file or the defaults.
 * Entries of the file that mean nothing here are listed on standard error.
 * @throws TrainingError TRAINING_CONFIG; what {@link readConfigFile} throws
 */
export async function trainingSettings(
  config: string | undefined,
  options: TrainSettingOptions,
): Promise<TrainingSettings> {
  const base = config === undefined ? undefined : await readConfigFile(config);
  if (base?.ignored.length) console.error(`${config}: passed over ${base.ignored.join(", ")}`);
  if (base?.leftOut.length) console.error(`${config}: left out, so that ${base.leftOut.join(", ")}`);
  const set = options.simulate ?? options.set ?? base?.settings.set;
  const output = options.output ?? base?.settings.output;
  if (set === undefined || output === undefined) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: "train",
      expected: "a configuration file, or --set FILE.h5 or --simulate PLAN.json, and --output FOLDER",
      found: set === undefined ? "no training set" : "no output folder",
    });
  }
  checkOptions(options);
  const defaults = options.simulate === undefined ? TRAINING_DEFAULTS : SIMULATED_TRAINING_DEFAULTS;
  const paths = {
    set: resolve(set),
    output: resolve(output),
    checkpoints: resolve(options.output ?? base?.settings.checkpoints ?? output),
  };
  return changedSettings({ ...(base?.settings ?? defaults), ...paths }, givenSettings(options));
}

function givenSettings(options: TrainSettingOptions): GivenSettings {
  const stage = pick(options, STAGE_SETTINGS);
  const { both, endToEnd, name = options.architecture } = options;
  const order = both ? "both" : endToEnd ? "end-to-end" : undefined;
  return {
    ...(options.simulate !== undefined && { simulate: simulatedLength(options) }),
    segmentation: stage,
    density: { ...stage, ...pick(options, DENSITY_SETTINGS) },
    ...(order && { order }),
    ...(name !== undefined && { name }),
    ...(options.architecture !== undefined && { architecture: options.architecture }),
    ...pick(options, RUN_SETTINGS),
  };
}

/**
 * The options of a table that were given.
 * Commander sets an option to true whose `--no-` form was not given.
 */
function pick<K extends keyof TrainSettingOptions>(
  options: TrainSettingOptions,
  settings: Readonly<Record<K, TrainingSetting>>,
): Partial<Pick<TrainSettingOptions, K>> {
  const names = Object.keys(settings) as K[];
  const isGiven = (name: K) =>
    options[name] !== undefined && !(options[name] === true && settings[name].default === true);
  return Object.fromEntries(names.filter(isGiven).map((name) => [name, options[name]])) as Partial<
    Pick<TrainSettingOptions, K>
  >;
}

/**
 * @throws TrainingError TRAINING_CONFIG for options that have no effect, or a name with a folder
 */
function checkOptions(options: TrainSettingOptions): void {
  if (options.simulate === undefined && (options.samples ?? options.minutes) !== undefined) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: options.samples === undefined ? "--minutes" : "--samples",
      expected: "a plan that samples are simulated by: --simulate PLAN.json",
      found: "none",
      advice: "The length of a training on a set is said by --epochs.",
    });
  }
  if (options.name !== undefined && basename(options.name) !== options.name) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: "--name",
      expected: "the name of a file without its folder",
      found: options.name,
      advice: "The folder is said by --output.",
    });
  }
}
