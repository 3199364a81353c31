import { InputError } from "../base/errors.js";
import { checkedSettings, type SimulationSettings } from "./settings.js";

interface Preset {
  text: string;
  settings: Partial<SimulationSettings>;
}

/** A back-illuminated EMCCD with 16 µm pixels behind a 100x objective; the maker's values. */
const EMCCD = {
  camera: "emccd",
  pixelSize: 160,
  quantumEfficiency: 0.9,
  emGain: 100,
  electronsPerCount: 12,
  readNoise: 50,
  offset: 100,
  darkElectrons: 0.003,
  fullWell: 180_000,
} as const satisfies Partial<SimulationSettings>;

/** A second-generation sCMOS camera with 6.5 µm pixels behind a 63x objective. */
const SCMOS = {
  camera: "scmos",
  pixelSize: 100,
  quantumEfficiency: 0.82,
  electronsPerCount: 0.47,
  readNoise: 1.4,
  readNoiseSpread: 0.3,
  gainSpread: 0.02,
  offset: 100,
  offsetSpread: 1,
  darkElectrons: 0.002,
  fullWell: 30_000,
} as const satisfies Partial<SimulationSettings>;

/**
 * A green-to-red photoconvertible protein such as mEos2, in round numbers.
 * It is on for tens of milliseconds with some hundred photons, then dark for a few tenths of a
 * second, two to three times before it bleaches (Annibale et al. 2011, PLoS ONE 6, e22678; Lee et
 * al. 2012, PNAS 109, 17436).
 */
const MEOS = {
  wavelength: 584,
  na: 1.45,
  exposure: 0.03,
  onTime: 0.05,
  offTime: 0.25,
  blinks: 2.5,
  photons: 300,
  brightnessSpread: 0.3,
} as const satisfies Partial<SimulationSettings>;

/**
 * Alexa Fluor 647 in thiol buffer: 5,200 photons each time on, on 0.0012 of the time, 26 times.
 * Dempsey et al. 2011, Nat. Methods 8, 1027, table 1.
 */
const ALEXA = {
  wavelength: 670,
  na: 1.4,
  exposure: 0.02,
  onTime: 0.02,
  offTime: 16.6,
  blinks: 26,
  photons: 5_200,
  brightnessSpread: 0.3,
} as const satisfies Partial<SimulationSettings>;

/** Simulations by name; settings that a preset lacks have their defaults. */
export const PRESETS = {
  "palm-meos-emccd": {
    text: "PALM of a photoconvertible protein, EMCCD, 160 nm",
    settings: { ...MEOS, ...EMCCD, density: 0.3, background: 15 },
  },
  "storm-alexa647-scmos": {
    text: "STORM of Alexa Fluor 647, sCMOS, 100 nm",
    settings: { ...ALEXA, ...SCMOS, density: 0.3, background: 60 },
  },
  sparse: {
    text: "0.05 emitters/µm² with a peak SNR of 10",
    settings: { ...ALEXA, ...SCMOS, density: 0.05, snr: 10, background: 20 },
  },
  dense: {
    text: "2 emitters/µm², whose images overlap",
    settings: { ...ALEXA, ...SCMOS, density: 2, snr: 10, background: 20 },
  },
  crowded: {
    text: "5 emitters/µm², beyond what can be told apart",
    settings: { ...ALEXA, ...SCMOS, density: 5, snr: 10, background: 20 },
  },
  clusters: {
    text: "clusters with a standard deviation of 150 nm, PALM",
    settings: {
      ...MEOS,
      ...EMCCD,
      density: 0.5,
      background: 15,
      structure: "clusters",
      structureDensity: 0.15,
      structureSize: 150,
    },
  },
  rings: {
    text: "rings of 500 nm radius, STORM",
    settings: {
      ...ALEXA,
      ...SCMOS,
      density: 0.5,
      background: 60,
      structure: "rings",
      structureDensity: 0.1,
      structureSize: 500,
    },
  },
  lines: {
    text: "filaments, as microtubules, STORM; 600 nm deep",
    settings: {
      ...ALEXA,
      ...SCMOS,
      density: 0.4,
      background: 60,
      structure: "lines",
      structureDensity: 0.02,
      structureSize: 1_500,
      zMin: -300,
      zMax: 300,
    },
  },
  grid: {
    text: "a grid of spots, 1 µm apart, as a calibration sample",
    settings: { ...ALEXA, ...SCMOS, density: 0.3, background: 20, structure: "grid", structureSize: 1_000 },
  },
  "uneven-background": {
    text: "uneven, fading background with autofluorescent cells",
    settings: {
      ...MEOS,
      ...EMCCD,
      density: 0.3,
      photons: 500,
      background: 25,
      unevenness: 0.6,
      backgroundDrift: -0.4,
      autofluorescence: 50,
      cells: 6,
      cellSize: 10,
    },
  },
  "out-of-focus": {
    text: "a thick sample: emitters up to 600 nm from focus, haze of others farther away",
    settings: { ...ALEXA, ...SCMOS, density: 0.3, background: 30, haze: 0.3, zMin: -600, zMax: 600 },
  },
  "low-light": {
    text: "peak SNR of 3",
    settings: { ...MEOS, ...EMCCD, density: 0.3, snr: 3, background: 8 },
  },
  "160nm-emccd": {
    text: "0.5 emitters/µm², SNR 8, EMCCD with 160 nm pixels",
    settings: { ...MEOS, ...EMCCD, density: 0.5, snr: 8, background: 15 },
  },
  "100nm-scmos": {
    text: "0.5 emitters/µm², SNR 8, sCMOS with 100 nm pixels",
    settings: { ...MEOS, ...SCMOS, density: 0.5, snr: 8, background: 15 },
  },
  drifting: {
    text: "STORM on a stage that drifts by 200 nm a minute and wanders",
    settings: { ...ALEXA, ...SCMOS, density: 0.3, background: 60, drift: 200, driftWalk: 10 },
  },
  aberrated: {
    text: "10 µm deep in water with an oil objective (Gibson-Lanni)",
    settings: {
      ...ALEXA,
      ...SCMOS,
      density: 0.3,
      background: 60,
      psf: "gibson-lanni",
      focusDepth: 10_000,
      zMin: -300,
      zMax: 300,
    },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** A preset's settings, or the defaults, with some changed. @throws InputError INPUT_OPTION */
export function settingsOf(
  preset: string | undefined,
  changes: Readonly<Record<string, unknown>> = {},
): SimulationSettings {
  if (preset === undefined) return checkedSettings(changes);
  if (!Object.hasOwn(PRESETS, preset)) {
    throw new InputError("INPUT_OPTION", {
      subject: "the preset of a simulation",
      expected: `one of ${PRESET_NAMES.join(", ")}`,
      found: preset,
    });
  }
  const base: Partial<SimulationSettings> = { ...PRESETS[preset as PresetName].settings };
  // Photons and SNR replace each other: the one that is given last counts.
  if (changes.photons !== undefined) delete base.snr;
  return checkedSettings({ ...base, ...changes });
}
