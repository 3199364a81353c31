import { InputError } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";

/** What a number may be. */
interface Range {
  least?: number;
  most?: number;
  /** Whether `least` itself is excluded. */
  above?: boolean;
  whole?: boolean;
}

interface NumberSetting extends Range {
  group: string;
  unit: string;
  /** Undefined: not said, and then without effect or derived from others. */
  default: number | undefined;
  text: string;
}

interface ChoiceSetting {
  group: string;
  choices: readonly string[];
  default: string;
  text: string;
}

export type Setting = NumberSetting | ChoiceSetting;

/**
 * Every setting of a simulation. Checks, the options of the command line, config.json and the tables of docs/simulation.md follow from this table.
 * Photons are those that reach the camera in a frame.
 */
export const SETTINGS = {
  frames: {
    group: "Frames",
    unit: "",
    default: 1_000,
    least: 1,
    most: 10_000_000,
    whole: true,
    text: "how many",
  },
  width: {
    group: "Frames",
    unit: "pixels",
    default: 256,
    least: 4,
    most: LIMITS.maxFrameSide,
    whole: true,
    text: "width",
  },
  height: {
    group: "Frames",
    unit: "pixels",
    default: 256,
    least: 4,
    most: LIMITS.maxFrameSide,
    whole: true,
    text: "height",
  },
  pixelSize: {
    group: "Frames",
    unit: "nm",
    default: 100,
    least: 10,
    most: 10_000,
    text: "side of a pixel in the sample",
  },
  exposure: {
    group: "Frames",
    unit: "s",
    default: 0.03,
    least: 0,
    above: true,
    text: "time that a frame takes",
  },

  density: {
    group: "Emitters",
    unit: "1/µm²",
    default: 0.5,
    least: 0,
    most: 1_000,
    text: "emitters that are on at any moment, on average",
  },
  molecules: {
    group: "Emitters",
    unit: "",
    default: undefined,
    least: 0,
    most: 100_000_000,
    whole: true,
    text: "how many in all, in place of a density",
  },
  photons: {
    group: "Emitters",
    unit: "photons",
    default: 1_000,
    least: 0,
    above: true,
    text: "from an emitter that is on for a whole frame, on average",
  },
  snr: {
    group: "Emitters",
    unit: "",
    default: undefined,
    least: 0,
    above: true,
    most: 1_000,
    text: "peak signal over noise of such an emitter in focus, in place of photons",
  },
  brightnessSpread: {
    group: "Emitters",
    unit: "",
    default: 0.2,
    least: 0,
    most: 5,
    text: "relative standard deviation of photons between molecules",
  },
  onTime: {
    group: "Emitters",
    unit: "s",
    default: 0.05,
    least: 0,
    above: true,
    text: "mean time that an emitter stays on",
  },
  offTime: {
    group: "Emitters",
    unit: "s",
    default: 5,
    least: 0,
    above: true,
    text: "mean time that it is dark between two times on",
  },
  blinks: {
    group: "Emitters",
    unit: "",
    default: undefined,
    least: 1,
    text: "mean number of times on before it bleaches; left out: never bleaches",
  },
  activation: {
    group: "Emitters",
    choices: ["steady", "once"],
    default: "steady",
    text: "steady: others are activated as some bleach; once: all are there from the start",
  },

  structure: {
    group: "Structure",
    choices: ["uniform", "lines", "rings", "clusters", "grid", "positions"],
    default: "uniform",
    text: "where emitters lie",
  },
  structureDensity: {
    group: "Structure",
    unit: "1/µm²",
    default: 0.05,
    least: 0,
    above: true,
    most: 1_000,
    text: "lines, rings or clusters",
  },
  structureSize: {
    group: "Structure",
    unit: "nm",
    default: 500,
    least: 1,
    text: "radius of rings, standard deviation of clusters, spacing of the grid, length over which lines bend",
  },
  structureWidth: {
    group: "Structure",
    unit: "nm",
    default: 20,
    least: 0,
    text: "standard deviation of positions across lines and rings, and about points of the grid",
  },
  zMin: {
    group: "Structure",
    unit: "nm",
    default: 0,
    least: -100_000,
    most: 100_000,
    text: "lowest emitter; 0 is in focus",
  },
  zMax: {
    group: "Structure",
    unit: "nm",
    default: 0,
    least: -100_000,
    most: 100_000,
    text: "highest emitter",
  },

  psf: {
    group: "Optics",
    choices: ["gaussian", "airy", "gibson-lanni"],
    default: "gaussian",
    text: "image of a point",
  },
  wavelength: {
    group: "Optics",
    unit: "nm",
    default: 580,
    least: 200,
    most: 2_000,
    text: "of the light that is seen",
  },
  na: { group: "Optics", unit: "", default: 1.4, least: 0.05, most: 2, text: "numerical aperture" },
  psfSigma: {
    group: "Optics",
    unit: "nm",
    default: undefined,
    least: 10,
    most: 10_000,
    text: "standard deviation of a gaussian image in focus; left out: 0.21 wavelength / na",
  },
  nImmersion: {
    group: "Optics",
    unit: "",
    default: 1.515,
    least: 1,
    most: 2.5,
    text: "refractive index of the immersion",
  },
  nSample: {
    group: "Optics",
    unit: "",
    default: 1.33,
    least: 1,
    most: 2.5,
    text: "refractive index of the sample",
  },
  nCoverslip: {
    group: "Optics",
    unit: "",
    default: 1.522,
    least: 1,
    most: 2.5,
    text: "refractive index of the coverslip",
  },
  coverslip: {
    group: "Optics",
    unit: "µm",
    default: 170,
    least: 0,
    most: 5_000,
    text: "thickness of the coverslip",
  },
  nImmersionDesign: {
    group: "Optics",
    unit: "",
    default: 1.515,
    least: 1,
    most: 2.5,
    text: "that of the immersion for which the objective is made",
  },
  nCoverslipDesign: {
    group: "Optics",
    unit: "",
    default: 1.522,
    least: 1,
    most: 2.5,
    text: "that of the coverslip for which it is made",
  },
  coverslipDesign: {
    group: "Optics",
    unit: "µm",
    default: 170,
    least: 0,
    most: 5_000,
    text: "thickness of the coverslip for which it is made",
  },
  workingDistance: {
    group: "Optics",
    unit: "µm",
    default: 150,
    least: 0,
    most: 100_000,
    text: "thickness of the immersion for which it is made",
  },
  focusDepth: {
    group: "Optics",
    unit: "nm",
    default: 500,
    least: 0,
    most: 200_000,
    text: "of the focal plane above the coverslip",
  },
  drift: {
    group: "Optics",
    unit: "nm/min",
    default: 0,
    least: 0,
    most: 1_000_000,
    text: "of the stage, in one direction",
  },
  driftWalk: {
    group: "Optics",
    unit: "nm/√s",
    default: 0,
    least: 0,
    most: 100_000,
    text: "random walk of the stage, along each axis",
  },

  background: {
    group: "Background",
    unit: "photons",
    default: 10,
    least: 0,
    most: 1_000_000,
    text: "in a pixel, on average",
  },
  unevenness: {
    group: "Background",
    unit: "",
    default: 0,
    least: 0,
    most: 1,
    text: "share by which it falls from the brightest place to the darkest",
  },
  backgroundDrift: {
    group: "Background",
    unit: "",
    default: 0,
    least: -0.99,
    most: 100,
    text: "relative change from the first frame to the last",
  },
  autofluorescence: {
    group: "Background",
    unit: "photons",
    default: 0,
    least: 0,
    most: 1_000_000,
    text: "in a pixel at the middle of a cell",
  },
  cells: {
    group: "Background",
    unit: "",
    default: 3,
    least: 0,
    most: 10_000,
    whole: true,
    text: "cells with autofluorescence",
  },
  cellSize: {
    group: "Background",
    unit: "µm",
    default: 8,
    least: 0.1,
    most: 1_000,
    text: "diameter of a cell",
  },
  haze: {
    group: "Background",
    unit: "1/µm²",
    default: 0,
    least: 0,
    most: 1_000,
    text: "emitters out of focus that are on at any moment, 0.8 to 3 µm from the focal plane",
  },

  camera: { group: "Camera", choices: ["emccd", "scmos"], default: "scmos", text: "kind of camera" },
  quantumEfficiency: {
    group: "Camera",
    unit: "",
    default: 0.82,
    least: 0,
    above: true,
    most: 1,
    text: "electrons for a photon",
  },
  emGain: {
    group: "Camera",
    unit: "",
    default: 100,
    least: 1,
    most: 5_000,
    text: "mean gain of the multiplication register (emccd)",
  },
  electronsPerCount: {
    group: "Camera",
    unit: "e-/ADU",
    default: 0.47,
    least: 0,
    above: true,
    most: 10_000,
    text: "electrons for a count, after the register",
  },
  readNoise: {
    group: "Camera",
    unit: "e-",
    default: 1.4,
    least: 0,
    most: 10_000,
    text: "standard deviation (scmos: median of the pixels)",
  },
  readNoiseSpread: {
    group: "Camera",
    unit: "",
    default: 0.3,
    least: 0,
    most: 3,
    text: "standard deviation of its logarithm between pixels (scmos)",
  },
  gainSpread: {
    group: "Camera",
    unit: "",
    default: 0.02,
    least: 0,
    most: 0.2,
    text: "relative standard deviation of the gain between pixels (scmos)",
  },
  offset: {
    group: "Camera",
    unit: "ADU",
    default: 100,
    least: 0,
    most: 60_000,
    text: "counts without light",
  },
  offsetSpread: {
    group: "Camera",
    unit: "ADU",
    default: 1,
    least: 0,
    most: 10_000,
    text: "standard deviation of it between pixels (scmos)",
  },
  darkElectrons: {
    group: "Camera",
    unit: "e-",
    default: 0.002,
    least: 0,
    most: 10_000,
    text: "in a pixel and frame: dark current and clock-induced charge",
  },
  fullWell: { group: "Camera", unit: "e-", default: 30_000, least: 1, text: "electrons that a pixel holds" },
  bits: {
    group: "Camera",
    unit: "",
    default: 16,
    least: 8,
    most: 16,
    whole: true,
    text: "of the converter; counts end at 2^bits - 1",
  },
} as const satisfies Record<string, Setting>;

/** Distance from the focal plane up to which images by diffraction are tabulated, nm: a table of a hundred megabytes. */
const FARTHEST_DIFFRACTION = 2_000;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends { choices: readonly (infer Choice)[] }
  ? Choice
  : S extends { default: undefined }
    ? number | undefined
    : number;

/** All settings of a simulation, in the units of {@link SETTINGS}. */
export type SimulationSettings = { -readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

/** What is not said otherwise. */
export const SIMULATION_DEFAULTS: Readonly<SimulationSettings> = Object.fromEntries(
  settingEntries().map(([name, setting]) => [name, setting.default]),
) as SimulationSettings;

/** The table, row by row. */
export function settingEntries(): [SettingName, Setting][] {
  return Object.entries(SETTINGS) as [SettingName, Setting][];
}

/** In words, what a setting may be: "a whole number from 8 to 16". */
export function expectedOf(setting: Setting): string {
  if ("choices" in setting) return `one of ${setting.choices.join(", ")}`;
  const { least, most, above, whole } = setting;
  const lower = least === undefined ? "" : above ? ` above ${least}` : ` of at least ${least}`;
  const upper = most === undefined ? "" : `${lower ? " and" : ""} at most ${most}`;
  return `a${whole ? " whole" : ""} number${lower}${upper}`;
}

/** Whether a setting may have this value. */
export function isAllowed(setting: Setting, value: unknown): boolean {
  if ("choices" in setting) return typeof value === "string" && setting.choices.includes(value);
  if (value === undefined) return setting.default === undefined;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, above, whole } = setting;
  if (typeof value !== "number" || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return false;
  return (above ? value > least : value >= least) && value <= most;
}

/**
 * Completes settings by the defaults and checks each, and those that depend on one another.
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

function checkTogether({
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
