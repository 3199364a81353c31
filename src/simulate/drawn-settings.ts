import { InputError } from "../base/errors.js";
import { isRecord } from "../base/is-record.js";
import type { Random } from "../base/random.js";
import { SETTINGS } from "./settings-table.js";

/**
 * A setting of many simulations: one value for all, or a range that each draws from.
 * A draw is even over the range, or over its logarithm.
 */
export type DrawnValue =
  | number
  | string
  | { uniform: readonly [low: number, high: number] }
  | { logUniform: readonly [low: number, high: number] };

export type DrawnSettings = Readonly<Record<string, DrawnValue>>;

/** How the simulations of a variety differ. */
export interface Variety {
  settings: DrawnSettings;
  /**
   * Mixtures. A simulation takes one entry of each, with the probability `share`.
   * The entry's settings overrule the common ones.
   */
  mixtures: Readonly<Record<string, readonly { share: number; settings: DrawnSettings }[]>>;
}

/** Shares are written with few digits. */
const SHARE_ROUNDING = 1e-6;

/** The settings of one simulation. */
export function drawSettings(
  { settings, mixtures }: Variety,
  random: Random,
): Record<string, number | string> {
  const parts = Object.values(mixtures).map((entries) => pick(entries, random.uniform()).settings);
  // Every value is drawn, also overruled ones, so that one part does not shift another one's draws.
  const drawn: Record<string, number | string> = {};
  for (const part of [settings, ...parts]) {
    for (const [name, value] of Object.entries(part)) drawn[name] = draw(value, random);
  }
  return drawn;
}

/** The range of each setting of a variety that is given and is a number. */
export function rangesOf({
  settings,
  mixtures,
}: Variety): Record<string, readonly [low: number, high: number]> {
  const ranges: Record<string, readonly [number, number]> = {};
  const entries = Object.values(mixtures).flat();
  for (const part of [settings, ...entries.filter(({ share }) => share > 0).map((entry) => entry.settings)]) {
    for (const [name, value] of Object.entries(part)) {
      if (typeof value === "string") continue;
      const [low, high] = rangeOf(value);
      const before = ranges[name] ?? [low, high];
      ranges[name] = [Math.min(before[0], low), Math.max(before[1], high)];
    }
  }
  return ranges;
}

function rangeOf(value: Exclude<DrawnValue, string>): readonly [number, number] {
  if (typeof value === "number") return [value, value];
  return "uniform" in value ? value.uniform : value.logUniform;
}

function pick<T extends { share: number }>(entries: readonly T[], at: number): T {
  let sum = 0;
  for (const entry of entries) {
    sum += entry.share;
    if (at < sum) return entry;
  }
  return entries.at(-1)!;
}

function draw(value: DrawnValue, random: Random): number | string {
  if (typeof value !== "object") return value;
  if ("uniform" in value) return random.uniform(...value.uniform);
  const [low, high] = value.logUniform;
  return Math.exp(random.uniform(Math.log(low), Math.log(high)));
}

/**
 * Checks a variety that was read from a file.
 * @param subject its name in errors
 * @throws InputError INPUT_FORMAT, naming the place
 */
export function checkedVariety(value: unknown, subject: string): Variety {
  const wrong = (place: string, expected: string, found: unknown) =>
    new InputError("INPUT_FORMAT", {
      subject: `${subject}, ${place}`,
      expected,
      found: JSON.stringify(found) ?? "nothing",
      advice: "docs/simulation.md shows such a file.",
    });
  const record = (place: string, given: unknown) => {
    if (isRecord(given)) return given;
    throw wrong(place, "an object", given);
  };
  const settingsAt = (place: string, given: unknown): DrawnSettings => {
    for (const [name, drawn] of Object.entries(record(place, given))) {
      if (!Object.hasOwn(SETTINGS, name)) throw wrong(`${place}.${name}`, "a setting of simulations", drawn);
      if (!isDrawn(drawn)) throw wrong(`${place}.${name}`, EXPECTED_VALUE, drawn);
    }
    return given as DrawnSettings;
  };
  const { settings = {}, mixtures = {} } = record("the whole", value);
  for (const [name, entries] of Object.entries(record("mixtures", mixtures))) {
    const place = `mixtures.${name}`;
    if (!Array.isArray(entries) || entries.length === 0) throw wrong(place, "a list of entries", entries);
    for (const [i, entry] of entries.entries()) {
      const { share, settings: own } = record(`${place}[${i}]`, entry);
      if (typeof share !== "number" || !(share >= 0)) throw wrong(`${place}[${i}].share`, "a number", share);
      settingsAt(`${place}[${i}].settings`, own);
    }
    const sum = (entries as { share: number }[]).reduce((total, { share }) => total + share, 0);
    if (Math.abs(sum - 1) > SHARE_ROUNDING) throw wrong(place, "shares that add up to 1", sum);
  }
  return { settings: settingsAt("settings", settings), mixtures: mixtures as Variety["mixtures"] };
}

const EXPECTED_VALUE =
  'a number, a word, {"uniform": [low, high]} or {"logUniform": [low, high]} with low <= high, for the latter above 0';

function isDrawn(value: unknown): value is DrawnValue {
  if (typeof value === "number" || typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  const [kind, ...others] = Object.keys(value);
  const range: unknown = Object.values(value)[0];
  if (others.length > 0 || !Array.isArray(range) || range.length !== 2) return false;
  const [low, high] = range as unknown[];
  if (typeof low !== "number" || typeof high !== "number" || !(low <= high)) return false;
  return kind === "uniform" || (kind === "logUniform" && low > 0);
}
