import { dirname, resolve } from "node:path";
import { parse } from "ini";
import { TrainingError } from "../base/errors.js";
import type { NumberRule } from "../base/number-rule.js";
import { readWholeFile } from "../base/regular-file.js";
import { changedSettings, type GivenSettings, TRAINING_DEFAULTS, type TrainingSettings } from "./settings.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  MODEL_SETTINGS,
  STAGE_SETTINGS,
  type TrainingSetting,
} from "./settings-table.js";

/** The settings of a configuration file, and the entries that mean nothing here. */
export interface ConfigFile {
  settings: TrainingSettings;
  /** "[section] key" of entries that were passed over. */
  ignored: string[];
}

/** The settings that each section may hold, under their `ini` keys. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, TrainingSetting>>>> = {
  general: { ...FILE_SETTINGS, ...MODEL_SETTINGS },
  segnet: STAGE_SETTINGS,
  densitynet: { ...STAGE_SETTINGS, ...DENSITY_SETTINGS },
};

/** Python's way to write `key: value`, which the parser does not know. */
const COLON = /^([ \t]*[a-z]+)[ \t]*:/gim;

/**
 * Reads the original's config.ini.
 * [General] has the model's name and the paths, which are relative to the file; [SegNet] and
 * [DensityNet] have a stage's settings each. Sections and keys may be in any case, as in the
 * original.
 * @throws InputError INPUT_NOT_FOUND; TrainingError TRAINING_CONFIG, naming file, section and key
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = (await readWholeFile(path, "a training configuration (ini)")).toString("utf8");
  const sections = lowerCased(parse(text.replace(COLON, "$1 =")));
  const given = (section: string) => givenIn(path, section, sections.get(section));
  const folder = dirname(resolve(path));
  const { set, output = ".", checkpoints = output, name } = given("general") as Partial<TrainingSettings>;
  if (!set)
    throw configError(path, `[General] ${FILE_SETTINGS.set.ini}`, "the path of a training set", "none");
  const paths = {
    set: resolve(folder, set),
    output: resolve(folder, output),
    checkpoints: resolve(folder, checkpoints),
  };
  const settings: GivenSettings = {
    // The original wants the file's whole name; this program adds an ending of its own.
    ...(name !== undefined && { name: name.replace(/\.(h5|hdf5|onnx)$/i, "") }),
    segmentation: given("segnet"),
    density: given("densitynet"),
  };
  return {
    settings: changedSettings({ ...TRAINING_DEFAULTS, ...paths }, settings),
    ignored: unknownEntries(sections),
  };
}

/** The settings that a section gives, checked. */
function givenIn(
  path: string,
  section: string,
  entries: ReadonlyMap<string, string> | undefined,
): Record<string, string | number> {
  const given: Record<string, string | number> = {};
  for (const [name, setting] of Object.entries(SECTIONS[section]!)) {
    const key = keyOf(setting);
    const text = key === undefined ? undefined : entries?.get(key);
    if (text !== undefined)
      given[name] = "holds" in setting ? checkedNumber(path, section, key!, text, setting) : text;
  }
  return given;
}

function keyOf({ ini }: TrainingSetting): string | undefined {
  return ini?.toLowerCase();
}

function checkedNumber(path: string, section: string, key: string, text: string, rule: NumberRule): number {
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
    const known = Object.values(SECTIONS[section] ?? {}).map(keyOf);
    return [...entries.keys()].filter((key) => !known.includes(key)).map((key) => `[${section}] ${key}`);
  });
}

function configError(path: string, key: string, expected: string, found: string): TrainingError {
  return new TrainingError("TRAINING_CONFIG", { subject: `${path}, ${key}`, expected, found });
}
