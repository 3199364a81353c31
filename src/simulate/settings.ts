import { InputError } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import { SETTINGS, type SimulationSetting } from "./settings-table.js";

/**
 * Greatest distance from the focal plane at which diffraction images are tabulated, nm.
 * The table then takes a hundred megabytes.
 */
const FARTHEST_DIFFRACTION = 2_000;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends { choices: readonly (infer Choice)[] }
  ? Choice
  : S extends { file: string }
    ? string | undefined
    : S extends { default: undefined }
      ? number | undefined
      : number;

/** All settings of a simulation, in the units of {@link SETTINGS}. */
export type SimulationSettings = { -readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

/** Settings that are not given. */
export const SIMULATION_DEFAULTS: Readonly<SimulationSettings> = Object.fromEntries(
  settingEntries().map(([name, setting]) => [name, setting.default]),
) as SimulationSettings;

/** The table, row by row. */
export function settingEntries(): [SettingName, SimulationSetting][] {
  return Object.entries(SETTINGS) as [SettingName, SimulationSetting][];
}

/** What a setting may be, in words: "a whole number of at least 8 and at most 16". */
export function expectedOf(setting: SimulationSetting): string {
  if ("choices" in setting) return `one of ${setting.choices.join(", ")}`;
  if ("file" in setting) return `the path of ${setting.file}`;
  const { least, most, above, whole } = setting;
  const lower = least === undefined ? "" : above ? ` above ${least}` : ` of at least ${least}`;
  const upper = most === undefined ? "" : `${lower ? " and" : ""} at most ${most}`;
  return `a${whole ? " whole" : ""} number${lower}${upper}`;
}

/** Whether a setting may have this value. */
export function isAllowed(setting: SimulationSetting, value: unknown): boolean {
  if ("choices" in setting) return typeof value === "string" && setting.choices.includes(value);
  if (value === undefined) return setting.default === undefined;
  if ("file" in setting) return typeof value === "string" && value !== "";
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, above, whole } = setting;
  if (typeof value !== "number" || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return false;
  return (above ? value > least : value >= least) && value <= most;
}

/**
 * Completes settings with the defaults, and checks each alone and all together.
 * @throws InputError INPUT_OPTION
 */
export function checkedSettings(given: Readonly<Record<string, unknown>>): SimulationSettings {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(SETTINGS, name))
      throw wrong(name, "a setting that a simulation has", "one of another name");
  }
  const all: Record<string, unknown> = { ...SIMULATION_DEFAULTS };
  for (const [name, setting] of settingEntries()) {
    const value = given[name] ?? setting.default;
    if (!isAllowed(setting, value)) throw wrong(name, expectedOf(setting), String(value));
    all[name] = value;
  }
  const settings = all as SimulationSettings;
  checkTogether(settings);
  return settings;
}

/** Most switches of a molecule in a frame; one that blinks faster is dim and steady. */
const MOST_SWITCHES = 1_000;

function checkTogether({
  onTime,
  exposure,
  zMin,
  zMax,
  width,
  height,
  offset,
  bits,
  na,
  nImmersion,
  psf,
}: SimulationSettings): void {
  if (onTime * MOST_SWITCHES < exposure) {
    throw wrong(
      "onTime",
      `at least a thousandth of the exposure, ${exposure / MOST_SWITCHES} s`,
      String(onTime),
    );
  }
  if (zMax < zMin) throw wrong("zMax", `at least zMin, ${zMin}`, String(zMax));
  if (width * height > LIMITS.maxFramePixels) {
    throw wrong("width", `at most ${LIMITS.maxFramePixels} pixels in a frame`, `${width} x ${height}`);
  }
  if (offset >= 2 ** bits - 1)
    throw wrong("offset", `below the largest count of ${bits} bits`, String(offset));
  if (psf !== "gaussian" && Math.max(-zMin, zMax) > FARTHEST_DIFFRACTION) {
    const name = zMax > FARTHEST_DIFFRACTION ? "zMax" : "zMin";
    const found = String(name === "zMax" ? zMax : zMin);
    throw wrong(name, `within ${FARTHEST_DIFFRACTION} nm of the focal plane where the psf is ${psf}`, found);
  }
  if (psf !== "gaussian" && na >= nImmersion) {
    throw wrong("na", `below the refractive index of the immersion, ${nImmersion}`, String(na));
  }
}

function wrong(name: string, expected: string, found: string): InputError {
  return new InputError("INPUT_OPTION", {
    subject: `the setting ${name} of a simulation`,
    expected,
    found,
    advice: "docs/simulation.md lists all settings.",
  });
}
