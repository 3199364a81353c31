import { dirname, resolve } from "node:path";
import { parse } from "ini";
import { TrainingError } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { nearestWord } from "../base/nearest-word.js";
import type { NumberRule } from "../base/number-rule.js";
import { readWholeFile } from "../base/regular-file.js";
import { utf16Of } from "../base/text-encoding.js";
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
  /** Keys of the original that are left out, with the values that stand for them. */
  leftOut: string[];
}

/** The settings that each section may hold, under their `ini` keys. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, TrainingSetting>>>> = {
  general: { ...FILE_SETTINGS, ...MODEL_SETTINGS },
  segnet: STAGE_SETTINGS,
  densitynet: { ...STAGE_SETTINGS, ...DENSITY_SETTINGS },
};

/** The original's spelling of the sections. */
const TITLES: Readonly<Record<string, string>> = {
  general: "General",
  segnet: "SegNet",
  densitynet: "DensityNet",
};

/** Python's way to write `key: value`, which the parser does not know. */
const COLON = /^([ \t]*[a-z]+)[ \t]*:/gim;

/**
 * Reads the original's config.ini.
 * [General] has the model's name and the paths, which are relative to the file; [SegNet] and
 * [DensityNet] have a stage's settings each. Sections and keys may be in any case, as in the
 * original. The file may be in UTF-8 or UTF-16, with or without a byte order mark.
 * @throws InputError INPUT_NOT_FOUND; TrainingError TRAINING_CONFIG, naming file, section and key,
 * also for a name that is nearly one of those
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const bytes = await readWholeFile(path, "a training configuration (ini)", FILE_LIMITS.maxTextBytes);
  const sections = lowerCased(parse(decoded(bytes).replace(COLON, "$1 =")));
  refuseMisspelt(path, sections);
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
    ...(name !== undefined && { name: modelName(path, name) }),
    segmentation: given("segnet"),
    density: given("densitynet"),
  };
  return {
    settings: changedSettings({ ...TRAINING_DEFAULTS, ...paths }, settings),
    ignored: unknownEntries(sections),
    leftOut: missingEntries(sections),
  };
}

/** The text of a file; programs of Windows write UTF-16, or a mark before UTF-8. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder(utf16Of(bytes) ?? "utf-8").decode(bytes);
}

/**
 * The model's name of a ModelName.
 * The original wants the file's whole name; this program adds an ending of its own.
 */
function modelName(path: string, given: string): string {
  const name = given.trim().replace(/\.(h5|hdf5|keras|onnx)$/i, "");
  if (name !== "" && !/[/\\\0]/.test(name)) return name;
  const key = `[General] ${MODEL_SETTINGS.name.ini}`;
  throw configError(path, key, "the name of a file without its folder", given || "nothing");
}

/** @throws TrainingError TRAINING_CONFIG for a section or a key that is nearly a known one */
function refuseMisspelt(path: string, sections: Map<string, Map<string, string>>): void {
  const check = (found: string, known: readonly string[], place: string) => {
    const meant = known.some((each) => each.toLowerCase() === found) ? undefined : nearestWord(found, known);
    if (meant === undefined) return;
    const subject = `${path}, ${place}`;
    const advice = `Write ${meant}, or remove the line.`;
    throw new TrainingError("TRAINING_CONFIG", { subject, expected: known.join(", "), found, advice });
  };
  for (const [section, entries] of sections) {
    check(section, Object.values(TITLES), "its sections");
    const known = Object.values(SECTIONS[section] ?? {}).flatMap(({ ini }) => ini ?? []);
    for (const key of entries.keys()) check(key, known, `[${TITLES[section] ?? section}]`);
  }
}

/** "[SegNet] NumEpochs = 15" for each key with a default that a file does not have. */
function missingEntries(sections: Map<string, Map<string, string>>): string[] {
  return Object.entries(SECTIONS).flatMap(([section, settings]) =>
    Object.values(settings)
      .filter(({ ini, default: value }) => ini !== undefined && value !== undefined)
      .filter((setting) => !sections.get(section)?.has(keyOf(setting)!))
      .map(({ ini, default: value }) => `[${TITLES[section]}] ${ini} = ${value}`),
  );
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
    const values = Object.entries(entries).map(([key, value]) => [key.toLowerCase(), textOf(value)] as const);
    sections.set(section.toLowerCase(), new Map(values));
  }
  return sections;
}

/** The parser gives true for a key without a value, and an object for a section inside another. */
function textOf(value: unknown): string {
  const hasNone = value === true || (typeof value === "object" && !Array.isArray(value));
  return hasNone ? "" : String(value);
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
