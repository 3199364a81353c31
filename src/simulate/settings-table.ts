import { LIMITS } from "../base/limits.js";

/** The range of a number. */
interface Range {
  least?: number;
  most?: number;
  /** Whether `least` itself is excluded. */
  above?: boolean;
  whole?: boolean;
}

interface NumberSetting extends Range {
  unit: string;
  /** Undefined: without effect unless given, or derived from other settings. */
  default: number | undefined;
  text: string;
}

interface ChoiceSetting {
  choices: readonly string[];
  default: string;
  text: string;
}

/** A setting that is the path of a file. */
interface FileSetting {
  /** The kind of file, in words. */
  file: string;
  default: undefined;
  text: string;
}

export type SimulationSetting = NumberSetting | ChoiceSetting | FileSetting;

const FRAMES = {
  frames: { unit: "", default: 1_000, least: 1, most: 10_000_000, whole: true, text: "how many" },
  width: { unit: "pixels", default: 256, least: 4, most: LIMITS.maxFrameSide, whole: true, text: "width" },
  height: { unit: "pixels", default: 256, least: 4, most: LIMITS.maxFrameSide, whole: true, text: "height" },
  pixelSize: { unit: "nm", default: 100, least: 10, most: 10_000, text: "side of a pixel in the sample" },
  exposure: { unit: "s", default: 0.03, least: 0, above: true, text: "time that a frame takes" },
} as const satisfies Record<string, SimulationSetting>;

const EMITTERS = {
  density: {
    unit: "1/µm²",
    default: 0.5,
    least: 0,
    most: 1_000,
    text: "emitters that are on at any moment, on average",
  },
  molecules: {
    unit: "",
    default: undefined,
    least: 0,
    most: 100_000_000,
    whole: true,
    text: "how many in all, in place of a density",
  },
  photons: {
    unit: "photons",
    default: 1_000,
    least: 0,
    above: true,
    text: "from an emitter that is on for a whole frame, on average",
  },
  snr: {
    unit: "",
    default: undefined,
    least: 0,
    above: true,
    most: 1_000,
    text: "peak signal over noise of such an emitter in focus, in place of photons",
  },
  brightnessSpread: {
    unit: "",
    default: 0.2,
    least: 0,
    most: 5,
    text: "relative standard deviation of photons between molecules",
  },
  onTime: { unit: "s", default: 0.05, least: 0, above: true, text: "mean time that an emitter stays on" },
  offTime: {
    unit: "s",
    default: 5,
    least: 0,
    above: true,
    text: "mean time that it is dark between two times on",
  },
  blinks: {
    unit: "",
    default: undefined,
    least: 1,
    text: "mean number of times on before it bleaches; left out: never bleaches",
  },
  activation: {
    choices: ["steady", "once"],
    default: "steady",
    text: "steady: others are activated as some bleach; once: all are there from the start",
  },
} as const satisfies Record<string, SimulationSetting>;

const STRUCTURE = {
  structure: {
    choices: ["uniform", "lines", "rings", "clusters", "grid", "positions"],
    default: "uniform",
    text: "where emitters lie",
  },
  structureDensity: {
    unit: "1/µm²",
    default: 0.05,
    least: 0,
    above: true,
    most: 1_000,
    text: "lines, rings or clusters",
  },
  structureSize: {
    unit: "nm",
    default: 500,
    least: 1,
    text: "radius of rings, standard deviation of clusters, spacing of the grid, length over which lines bend",
  },
  structureWidth: {
    unit: "nm",
    default: 20,
    least: 0,
    text: "standard deviation of positions across lines and rings, and about points of the grid",
  },
  zMin: { unit: "nm", default: 0, least: -100_000, most: 100_000, text: "lowest emitter; 0 is in focus" },
  zMax: { unit: "nm", default: 0, least: -100_000, most: 100_000, text: "highest emitter" },
} as const satisfies Record<string, SimulationSetting>;

const OPTICS = {
  psf: { choices: ["gaussian", "airy", "gibson-lanni"], default: "gaussian", text: "image of a point" },
  wavelength: { unit: "nm", default: 580, least: 200, most: 2_000, text: "of the light that is seen" },
  na: { unit: "", default: 1.4, least: 0.05, most: 2, text: "numerical aperture" },
  psfSigma: {
    unit: "nm",
    default: undefined,
    least: 10,
    most: 10_000,
    text: "standard deviation of a gaussian image in focus; left out: 0.21 wavelength / na",
  },
  astigmatism: {
    unit: "nm",
    default: 0,
    least: -10_000,
    most: 10_000,
    text: "of a gaussian image: half the distance between the planes in which it is narrow along x and along y",
  },
  halo: {
    unit: "",
    default: 0,
    least: 0,
    most: 0.6,
    text: "share of a gaussian image's light that lies wide around it",
  },
  coma: {
    unit: "",
    default: 0,
    least: 0,
    most: 0.4,
    text: "share of a gaussian image's light that lies beside it",
  },
  comaAngle: {
    unit: "°",
    default: 0,
    least: -360,
    most: 360,
    text: "direction in which it lies, from x to y",
  },
  lobes: {
    unit: "nm",
    default: 0,
    least: 0,
    most: 10_000,
    text: "distance of the two lobes of a gaussian image made a double helix, which turns with depth; 0: one lobe",
  },
  nImmersion: { unit: "", default: 1.515, least: 1, most: 2.5, text: "refractive index of the immersion" },
  nSample: { unit: "", default: 1.33, least: 1, most: 2.5, text: "refractive index of the sample" },
  nCoverslip: { unit: "", default: 1.522, least: 1, most: 2.5, text: "refractive index of the coverslip" },
  coverslip: { unit: "µm", default: 170, least: 0, most: 5_000, text: "thickness of the coverslip" },
  nImmersionDesign: {
    unit: "",
    default: 1.515,
    least: 1,
    most: 2.5,
    text: "that of the immersion for which the objective is made",
  },
  nCoverslipDesign: {
    unit: "",
    default: 1.522,
    least: 1,
    most: 2.5,
    text: "that of the coverslip for which it is made",
  },
  coverslipDesign: {
    unit: "µm",
    default: 170,
    least: 0,
    most: 5_000,
    text: "thickness of the coverslip for which it is made",
  },
  workingDistance: {
    unit: "µm",
    default: 150,
    least: 0,
    most: 100_000,
    text: "thickness of the immersion for which it is made",
  },
  focusDepth: {
    unit: "nm",
    default: 500,
    least: 0,
    most: 200_000,
    text: "of the focal plane above the coverslip",
  },
  drift: { unit: "nm/min", default: 0, least: 0, most: 1_000_000, text: "of the stage, in one direction" },
  driftWalk: {
    unit: "nm/√s",
    default: 0,
    least: 0,
    most: 100_000,
    text: "random walk of the stage, along each axis",
  },
} as const satisfies Record<string, SimulationSetting>;

const BACKGROUND = {
  background: { unit: "photons", default: 10, least: 0, most: 1_000_000, text: "in a pixel, on average" },
  unevenness: {
    unit: "",
    default: 0,
    least: 0,
    most: 1,
    text: "share by which it falls from the brightest place to the darkest",
  },
  backgroundDrift: {
    unit: "",
    default: 0,
    least: -0.99,
    most: 100,
    text: "relative change from the first frame to the last",
  },
  autofluorescence: {
    unit: "photons",
    default: 0,
    least: 0,
    most: 1_000_000,
    text: "in a pixel at the middle of a cell",
  },
  cells: { unit: "", default: 3, least: 0, most: 10_000, whole: true, text: "cells with autofluorescence" },
  cellSize: { unit: "µm", default: 8, least: 0.1, most: 1_000, text: "diameter of a cell" },
  haze: {
    unit: "1/µm²",
    default: 0,
    least: 0,
    most: 1_000,
    text: "emitters out of focus that are on at any moment, 0.8 to 3 µm from the focal plane",
  },
  texture: {
    unit: "",
    default: 0,
    least: 0,
    most: 2,
    text: "relative standard deviation of clouds in the background, of all sizes",
  },
  textureSlope: {
    unit: "",
    default: 2,
    least: 0,
    most: 4,
    text: "fall of their power with frequency: 0 as grainy as noise, 4 smooth",
  },
  debris: {
    unit: "1/µm²",
    default: 0,
    least: 0,
    most: 1_000,
    text: "pieces that shine all the time and are larger than the image of a point",
  },
  debrisSize: {
    unit: "nm",
    default: 400,
    least: 10,
    most: 100_000,
    text: "standard deviation of their images, on average",
  },
  debrisLight: {
    unit: "photons",
    default: 30,
    least: 0,
    most: 1_000_000,
    text: "in a pixel at the middle of a piece, on average",
  },
  fibres: {
    unit: "1/µm²",
    default: 0,
    least: 0,
    most: 100,
    text: "curved lines that shine all the time, by their middles",
  },
  fibreLight: {
    unit: "photons",
    default: 30,
    least: 0,
    most: 1_000_000,
    text: "in a pixel on the middle of a line, on average",
  },
  fiducials: {
    unit: "1/µm²",
    default: 0,
    least: 0,
    most: 1_000,
    text: "beads that shine all the time",
  },
  fiducialPhotons: {
    unit: "photons",
    default: 30_000,
    least: 0,
    most: 1e9,
    text: "from a bead in a frame, on average",
  },
  backgroundImage: {
    file: "a stack",
    default: undefined,
    text: "one of whose frames, cut at random, is the background's form: values in proportion to light, the camera's offset taken off",
  },
} as const satisfies Record<string, SimulationSetting>;

const CAMERA = {
  camera: { choices: ["emccd", "scmos"], default: "scmos", text: "kind of camera" },
  quantumEfficiency: {
    unit: "",
    default: 0.82,
    least: 0,
    above: true,
    most: 1,
    text: "electrons for a photon",
  },
  emGain: {
    unit: "",
    default: 100,
    least: 1,
    most: 5_000,
    text: "mean gain of the multiplication register (emccd)",
  },
  electronsPerCount: {
    unit: "e-/ADU",
    default: 0.47,
    least: 0,
    above: true,
    most: 10_000,
    text: "electrons for a count, after the register",
  },
  readNoise: {
    unit: "e-",
    default: 1.4,
    least: 0,
    most: 10_000,
    text: "standard deviation (scmos: median of the pixels)",
  },
  readNoiseSpread: {
    unit: "",
    default: 0.3,
    least: 0,
    most: 3,
    text: "standard deviation of its logarithm between pixels (scmos)",
  },
  gainSpread: {
    unit: "",
    default: 0.02,
    least: 0,
    most: 0.2,
    text: "relative standard deviation of the gain between pixels (scmos)",
  },
  offset: { unit: "ADU", default: 100, least: 0, most: 60_000, text: "counts without light" },
  offsetSpread: {
    unit: "ADU",
    default: 1,
    least: 0,
    most: 10_000,
    text: "standard deviation of it between pixels (scmos)",
  },
  columnSpread: {
    unit: "ADU",
    default: 0,
    least: 0,
    most: 10_000,
    text: "standard deviation of it between columns (scmos)",
  },
  hotPixels: { unit: "", default: 0, least: 0, most: 0.5, text: "share of pixels with a large dark current" },
  hotElectrons: {
    unit: "e-",
    default: 200,
    least: 0,
    most: 1_000_000,
    text: "dark current of such a pixel in a frame, on average",
  },
  darkElectrons: {
    unit: "e-",
    default: 0.002,
    least: 0,
    most: 10_000,
    text: "in a pixel and frame: dark current and clock-induced charge",
  },
  fullWell: { unit: "e-", default: 30_000, least: 1, text: "electrons that a pixel holds" },
  bits: {
    unit: "",
    default: 16,
    least: 8,
    most: 16,
    whole: true,
    text: "of the converter; counts end at 2^bits - 1",
  },
} as const satisfies Record<string, SimulationSetting>;

/** All settings, in the groups that the command line and the documentation show. */
export const SETTING_GROUPS = {
  Frames: FRAMES,
  Emitters: EMITTERS,
  Structure: STRUCTURE,
  Optics: OPTICS,
  Background: BACKGROUND,
  Camera: CAMERA,
} as const;

/**
 * Every setting of a simulation.
 * Checks, the command line's options, config.json and the tables of docs/simulation.md follow from
 * it. Photons are those that reach the camera in a frame.
 */
export const SETTINGS = {
  ...FRAMES,
  ...EMITTERS,
  ...STRUCTURE,
  ...OPTICS,
  ...BACKGROUND,
  ...CAMERA,
} as const;
