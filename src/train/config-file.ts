import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "ini";
import { notReadable, TrainingError } from "../base/errors.js";
import {
  RULES,
  type Rule,
  type StageSettings,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "./settings.js";

/** What a configuration file says, and what of it means nothing here. */
export interface ConfigFile {
  settings: TrainingSettings;
  /** "[Section] Key" of entries that were passed over. */
  ignored: string[];
}

/** Sections and keys, in small letters as the original compares them, with what their values must be. */
const SECTIONS = {
  general: ["modelname", "trainingsetpath", "outputdir", "weightdir"],
  segnet: ["batchsize", "numepochs", "validationsplit", "adamlr"],
  densitynet: ["lambdafactor", "batchsize", "numepochs", "validationsplit", "adamlr"],
} as const;

/** Python's way to write `key: value`, which the parser does not know. */
const COLON = /^([ \t]*[a-z]+)[ \t]*:/gim;

/**
 * Reads the original's config.ini: [General] ModelName, TrainingSetPath, OutputDir, WeightDir; [SegNet] and [DensityNet] BatchSize, NumEpochs,
 * ValidationSplit, AdamLR; [DensityNet] LambdaFactor. Paths are relative to the file.
 * @throws InputError INPUT_NOT_FOUND; TrainingError TRAINING_CONFIG, naming file, section and key
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw notReadable(path, "a training configuration (ini)", cause);
  });
  const sections = lowerCased(parse(text.replace(COLON, "$1 =")));
  const value = (section: keyof typeof SECTIONS, key: string) => sections.get(section)?.get(key);
  const number = (section: keyof typeof SECTIONS, key: string, fallback: number, rule: Rule) => {
    const given = value(section, key);
    return given === undefined ? fallback : checkedNumber(path, section, key, given, rule);
  };
  const stage = (section: "segnet" | "densitynet", fallback: StageSettings): StageSettings => ({
    batchSize: number(section, "batchsize", fallback.batchSize, RULES.batchSize),
    epochs: number(section, "numepochs", fallback.epochs, RULES.epochs),
    validationSplit: number(section, "validationsplit", fallback.validationSplit, RULES.validationSplit),
    learningRate: number(section, "adamlr", fallback.learningRate, RULES.learningRate),
  });
  const folder = dirname(resolve(path));
  const set = value("general", "trainingsetpath");
  if (!set) throw configError(path, "[General] TrainingSetPath", "the path of a training set", "none");
  const output = resolve(folder, value("general", "outputdir") ?? ".");
  return {
    settings: {
      ...TRAINING_DEFAULTS,
      set: resolve(folder, set),
      output,
      checkpoints: resolve(folder, value("general", "weightdir") ?? output),
      name: value("general", "modelname") ?? TRAINING_DEFAULTS.name,
      segmentation: stage("segnet", TRAINING_DEFAULTS.segmentation),
      density: {
        ...TRAINING_DEFAULTS.density,
        ...stage("densitynet", TRAINING_DEFAULTS.density),
        lambda: number("densitynet", "lambdafactor", TRAINING_DEFAULTS.density.lambda, RULES.lambda),
      },
    },
    ignored: unknownEntries(sections),
  };
}

function checkedNumber(path: string, section: string, key: string, text: string, rule: Rule): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (rule.holds(value)) return value;
  throw configError(path, `[${section}] ${key}`, rule.expected, text === "" ? "nothing" : text);
}

function lowerCased(config: Record<string, unknown>): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  for (const [section, entries] of Object.entries(config)) {
    if (typeof entries !== "object" || entries === null) continue;
    const values = Object.entries(entries).map(([key, value]) => [key.toLowerCase(), String(value)] as const);
    sections.set(section.toLowerCase(), new Map(values));
  }
  return sections;
}

function unknownEntries(sections: Map<string, Map<string, string>>): string[] {
  return [...sections].flatMap(([section, entries]) => {
    const known: readonly string[] = SECTIONS[section as keyof typeof SECTIONS] ?? [];
    return [...entries.keys()].filter((key) => !known.includes(key)).map((key) => `[${section}] ${key}`);
  });
}

function configError(path: string, key: string, expected: string, found: string): TrainingError {
  return new TrainingError("TRAINING_CONFIG", { subject: `${path}, ${key}`, expected, found });
}
