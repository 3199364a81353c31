import { InputError, messageOf } from "../base/errors.js";
import { isRecord } from "../base/is-record.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readWholeFile } from "../base/regular-file.js";
import { VERSION } from "../base/version.js";
import { brightnessOf } from "./brightness.js";
import { peakShareOf, pointSpreadOf } from "./point-spread.js";
import { countingRule } from "./rule-of-truth.js";
import { checkedSettings, type SimulationSettings } from "./settings.js";
import { arePlaces, type Place } from "./structures.js";

/** Everything that determines a simulation. */
export interface SimulationPlan {
  settings: SimulationSettings;
  seed: number;
  /** Positions of molecules, for the structure `positions`. */
  positions?: readonly Place[];
}

/** The text of config.json: what repeats a simulation and, for the reader, what follows from it. */
export function formatConfig({ settings, seed, positions }: SimulationPlan): string {
  const { photons, snr, peakShare } = brightnessOf(settings, peakShareOf(pointSpreadOf(settings)));
  const config = {
    program: "defcon-fiji",
    version: VERSION,
    seed,
    settings,
    follows: { photons, snr, peakShare, ...countingRule(photons) },
    ...(positions && { positions }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Reads config.json. @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_OPTION */
export async function readConfig(path: string): Promise<SimulationPlan> {
  const text = (
    await readWholeFile(path, "the config.json of a simulation", FILE_LIMITS.maxTextBytes)
  ).toString("utf8");
  const value = parsed(path, text);
  const { seed, settings, positions } = value;
  const whole = typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0;
  if (!whole) throw notAConfig(path, "a seed, a whole number of at least 0", JSON.stringify(seed) ?? "none");
  if (!isRecord(settings)) throw notAConfig(path, "settings", "none");
  if (positions !== undefined && !arePlaces(positions)) {
    throw notAConfig(path, "positions, each of three numbers", "others");
  }
  return { settings: checkedSettings(settings), seed, ...(positions && { positions }) };
}

function parsed(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw notAConfig(path, "JSON", messageOf(cause));
  }
  throw notAConfig(path, "a JSON object", "another value");
}

function notAConfig(path: string, expected: string, found: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: path,
    expected: `the config.json of a simulation with ${expected}`,
    found,
  });
}
