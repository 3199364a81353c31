import { SIDE_STEP } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";
import type { DrawnValue } from "../simulate/drawn-settings.js";
import type { StackMeasurement } from "./measure/measurement.js";

/** Unit of all times in a plan, s: a stack does not tell its exposure. */
const EXPOSURE = 0.03;
/** Photons become electrons before the network sees them; frames do not show this efficiency. */
const QUANTUM_EFFICIENCY = 0.82;
/** Gain of the register. Only its ratio to the converter's gain shows in counts. */
const EM_GAIN = 100;
/** Full well of a simulated EMCCD's register, so large that the converter saturates first. */
const REGISTER_WELL = 1_000_000;
/** Frames of a simulation, and their side, pixels. */
const [FRAMES, SIDE] = [6, 64] as const;
/** Simulations that `dataset simulate` makes of the plan. */
const RUNS = 4_000;
/** Density where no frame seems to hold a molecule, and the largest density, 1/µm². */
const LEAST_DENSITY = 0.003;
const MOST_DENSITY = 20;
/** Least background, photons per pixel: it is drawn on a logarithmic scale. */
const LEAST_BACKGROUND = 0.1;

/** Where a plan's parts are and which draws it has. */
export interface TuningPlanOptions {
  seed: number;
  /** Path of the background's picture, relative to the plan's file. */
  background: string;
}

/**
 * A plan for training on frames like the measured ones.
 * Each setting is drawn around what was found, as widely as it is uncertain, so that the network
 * need not trust the measurement to the last digit. A twentieth of the simulations has no molecules
 * and a tenth is three times as crowded. Some molecules are dim, and some backgrounds are not the
 * recording's.
 */
export function tuningPlan(
  measured: StackMeasurement,
  { seed, background }: TuningPlanOptions,
): SimulatedSetPlan {
  const centre = centralSettings(measured);
  const { molecules, psf } = measured;
  const side = sideWithin(Math.min(measured.width, measured.height), SIDE);
  const [low, high] = densityRange(measured);
  return {
    seed,
    runs: RUNS,
    frames: FRAMES,
    side,
    settings: {
      ...centre,
      psfSigma: around(centre.psfSigma, 0.05),
      photons: around(centre.photons, 0.2),
      brightnessSpread: {
        uniform: [Math.max(0, molecules.spread - 0.1), molecules.spread + 0.1],
      },
      onTime: around(centre.onTime, 0.3),
      offTime: { logUniform: [10 * EXPOSURE, 300 * EXPOSURE] },
      density: { logUniform: [low, high] },
      background: around(centre.background, 0.2),
      zMin: { uniform: [-1.2 * psf.depth, -0.8 * psf.depth] },
      zMax: { uniform: [0.8 * psf.depth, 1.2 * psf.depth] },
    },
    mixtures: {
      place: [
        { share: 0.75, settings: { backgroundImage: background } },
        { share: 0.25, settings: { unevenness: { uniform: [0, 0.5] } } },
      ],
      crowd: [
        { share: 0.85, settings: {} },
        { share: 0.1, settings: { density: { logUniform: [high, Math.min(MOST_DENSITY, 3 * high)] } } },
        { share: 0.05, settings: { density: 0 } },
      ],
      light: [
        { share: 0.9, settings: {} },
        { share: 0.1, settings: { photons: around(0.5 * centre.photons, 0.4) } },
      ],
      image: [
        { share: 0.5, settings: {} },
        { share: 0.5, settings: { halo: { uniform: [0, 0.2] } } },
      ],
      haze: [
        { share: 0.75, settings: {} },
        { share: 0.25, settings: { haze: { logUniform: [0.1 * low, Math.max(0.2 * low, 0.2 * high)] } } },
      ],
    },
  };
}

/** Longest side of a simulation that is cut from frames of this length, pixels. */
export function sideWithin(length: number, most: number): number {
  return Math.min(most, SIDE_STEP * Math.floor(length / SIDE_STEP));
}

/**
 * Settings of one simulation with everything at the middle of what was measured.
 * Its frames are compared with the recording's.
 */
export function centralSettings(measured: StackMeasurement) {
  const { molecules, psf, background, pixelSize } = measured;
  return {
    ...cameraSettings(measured),
    pixelSize,
    exposure: EXPOSURE,
    psfSigma: psf.sigma * pixelSize,
    photons: molecules.light / QUANTUM_EFFICIENCY,
    brightnessSpread: molecules.spread,
    onTime: molecules.onTime * EXPOSURE,
    offTime: 50 * EXPOSURE,
    density: onAtAnyMoment(molecules.perFrame.middle, molecules.onTime),
    background: Math.max(LEAST_BACKGROUND, background.level / QUANTUM_EFFICIENCY),
    zMin: -psf.depth,
    zMax: psf.depth,
  };
}

function cameraSettings({ camera }: StackMeasurement): Record<string, number | string> {
  const { kind, countsPerElectron, offset, readNoise, fixedPattern } = camera;
  if (kind === "emccd") {
    const electronsPerCount = EM_GAIN / countsPerElectron;
    return {
      camera: kind,
      quantumEfficiency: QUANTUM_EFFICIENCY,
      emGain: EM_GAIN,
      electronsPerCount,
      readNoise: readNoise * electronsPerCount,
      offset,
      fullWell: REGISTER_WELL,
    };
  }
  return {
    camera: kind,
    quantumEfficiency: QUANTUM_EFFICIENCY,
    electronsPerCount: 1 / countsPerElectron,
    readNoise: readNoise / countsPerElectron,
    offset,
    offsetSpread: fixedPattern,
  };
}

/**
 * Emitters that are on at a given moment, from those that are on at any time in a frame.
 * With a mean time on of τ frames, they are τ / (τ + 1) of them.
 */
function onAtAnyMoment(density: number, onTime: number): number {
  return Math.min(MOST_DENSITY, Math.max(LEAST_DENSITY, (density * onTime) / (onTime + 1)));
}

function densityRange({ molecules: { perFrame, onTime } }: StackMeasurement): [low: number, high: number] {
  const low = onAtAnyMoment(perFrame.low / 1.5, onTime);
  const high = onAtAnyMoment(1.5 * perFrame.high, onTime);
  return [low, Math.max(1.5 * low, high)];
}

/** Even in its logarithm, within a relative error of a value. */
function around(value: number, error: number): DrawnValue {
  return { logUniform: [value / (1 + error), value * (1 + error)] };
}
