import { SIDE_STEP } from "../dataset/samples.js";
import type { SimulatedSetPlan } from "../dataset/simulated-plan.js";
import type { DrawnValue } from "../simulate/drawn-settings.js";
import type { StackMeasurement } from "./measure/measurement.js";

/** Exposure that all times in a plan are multiples of: a stack does not tell seconds. */
const EXPOSURE = 0.03;
/** Photons reach the network as electrons; how many a photon gives cannot be told from frames. */
const QUANTUM_EFFICIENCY = 0.82;
/** Only the register's gain over the converter's shows in counts. */
const EM_GAIN = 100;
/** Full well of a simulated EMCCD's register, so large that the converter ends the range. */
const REGISTER_WELL = 1_000_000;
/** Frames of a simulation, and their side, pixels. */
const [FRAMES, SIDE] = [6, 64] as const;
/** How many simulations `dataset simulate` makes of the plan. */
const RUNS = 4_000;
/** Density of a recording in which no frame seems to hold a molecule, 1/µm². */
const LEAST_DENSITY = 0.003;
const MOST_DENSITY = 20;
/** Photons a pixel: nothing is entirely dark, and a logarithm needs more than nothing. */
const LEAST_BACKGROUND = 0.1;

/** Where a plan's parts are and which draws it has. */
export interface TuningPlanOptions {
  seed: number;
  /** Path of the picture of the background, relative to the plan's file. */
  background: string;
}

/**
 * A plan for training on frames like those that were measured: each setting is drawn around what was found, as wide as it is uncertain, so that the network need not believe the measurement to the last digit. A twentieth of the simulations has no molecules and a tenth is three times as crowded;
 * some molecules are dim, some of the background is not the recording's.
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

/** The longest side that a simulation can have which is cut from frames of a length, pixels. */
export function sideWithin(length: number, most: number): number {
  return Math.min(most, SIDE_STEP * Math.floor(length / SIDE_STEP));
}

/** Settings of a single simulation of what was measured, at the middle of everything: what frames are compared with. */
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

/** Emitters that are on at any moment, of those that are on in some part of a frame: with on-times of τ frames, τ / (τ + 1) of them. */
function onAtAnyMoment(density: number, onTime: number): number {
  return Math.min(MOST_DENSITY, Math.max(LEAST_DENSITY, (density * onTime) / (onTime + 1)));
}

function densityRange({ molecules: { perFrame, onTime } }: StackMeasurement): [low: number, high: number] {
  const low = onAtAnyMoment(perFrame.low / 1.5, onTime);
  const high = onAtAnyMoment(1.5 * perFrame.high, onTime);
  return [low, Math.max(1.5 * low, high)];
}

/** Evenly drawn in its logarithm, as far around a value as a relative error reaches. */
function around(value: number, error: number): DrawnValue {
  return { logUniform: [value / (1 + error), value * (1 + error)] };
}
