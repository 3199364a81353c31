import { Random } from "../base/random.js";
import { exponential, gamma, normal, poisson } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

export type CameraSettings = Pick<
  SimulationSettings,
  | "camera"
  | "quantumEfficiency"
  | "emGain"
  | "electronsPerCount"
  | "readNoise"
  | "readNoiseSpread"
  | "gainSpread"
  | "offset"
  | "offsetSpread"
  | "columnSpread"
  | "hotPixels"
  | "hotElectrons"
  | "darkElectrons"
  | "fullWell"
  | "bits"
>;

/** What turns light into counts. */
export interface Camera {
  /**
   * Takes a picture.
   * @param photons expected in each pixel, (H,W)
   * @param counts (H,W), overwritten
   */
  expose(photons: Float32Array, random: Random, counts: Uint16Array): void;
}

/**
 * A camera with this many columns and rows of pixels. @param seed determines how its pixels differ
 */
export function cameraOf(settings: CameraSettings, width: number, height: number, seed: number): Camera {
  const dark = darkMap(settings, width * height, seed);
  if (settings.camera === "emccd") return new EmCcd(settings, dark);
  const maps = pixelMaps(settings, width * height, seed);
  addColumns(maps.offset, width, settings.columnSpread, seed);
  return new SCmos(settings, maps, dark);
}

/**
 * Electrons that a pixel collects in a frame without light, (H,W).
 * Some pixels are hot, by an exponential distribution.
 */
function darkMap(
  { darkElectrons, hotPixels, hotElectrons }: CameraSettings,
  pixels: number,
  seed: number,
): Float32Array {
  const dark = new Float32Array(pixels).fill(darkElectrons);
  if (hotPixels === 0) return dark;
  const random = new Random(seed, "simulate", "hot pixels");
  for (let left = poisson(random, hotPixels * pixels); left > 0; left--) {
    const at = random.below(pixels);
    dark[at] = dark[at]! + exponential(random, hotElectrons);
  }
  return dark;
}

/** Shifts the offset of each column, as the converter at its end does. */
function addColumns(offset: Float32Array, width: number, spread: number, seed: number): void {
  if (spread === 0) return;
  const random = new Random(seed, "simulate", "columns");
  const columns = Float64Array.from({ length: width }, () => spread * normal(random));
  for (let i = 0; i < offset.length; i++) offset[i] = offset[i]! + columns[i % width]!;
}

/**
 * An EMCCD: the number of electrons is Poisson-distributed, and read noise is normal.
 * The register multiplies n electrons to a gamma-distributed sum with shape n and mean n times the
 * gain (Basden, Haniff and Mackay 2003, MNRAS 345, 985; Hirsch et al. 2013, PLoS ONE 8, e53671),
 * which doubles the variance of light.
 */
class EmCcd implements Camera {
  constructor(
    private readonly settings: CameraSettings,
    private readonly dark: Float32Array,
  ) {}

  expose(photons: Float32Array, random: Random, counts: Uint16Array): void {
    const { dark } = this;
    const { quantumEfficiency, emGain, readNoise, electronsPerCount, offset, fullWell, bits } = this.settings;
    const largest = 2 ** bits - 1;
    for (let i = 0; i < photons.length; i++) {
      const electrons = Math.min(fullWell, poisson(random, quantumEfficiency * photons[i]! + dark[i]!));
      const multiplied = electrons === 0 ? 0 : emGain * gamma(random, electrons);
      counts[i] = converted(offset + (multiplied + readNoise * normal(random)) / electronsPerCount, largest);
    }
  }
}

/** How the pixels of an sCMOS camera differ, (H,W) each. */
export interface PixelMaps {
  /** Counts without light. */
  offset: Float32Array;
  /** Counts of one electron. */
  gain: Float32Array;
  /** Standard deviation of read noise, counts. */
  readNoise: Float32Array;
}

/**
 * The pixels of an sCMOS camera, each with an offset, a gain and a normal read noise of its own.
 * Huang et al. 2013, Nat. Methods 10, 653. Read noise is log-normal between pixels: most are near
 * the median, some far above.
 */
export function pixelMaps(settings: CameraSettings, pixels: number, seed: number): PixelMaps {
  const { offset, offsetSpread, gainSpread, electronsPerCount, readNoise, readNoiseSpread } = settings;
  const random = new Random(seed, "simulate", "camera");
  const map = (value: () => number) => Float32Array.from({ length: pixels }, value);
  return {
    offset: map(() => offset + offsetSpread * normal(random)),
    gain: map(() => Math.max(0, 1 + gainSpread * normal(random)) / electronsPerCount),
    readNoise: map(() => (readNoise * Math.exp(readNoiseSpread * normal(random))) / electronsPerCount),
  };
}

class SCmos implements Camera {
  constructor(
    private readonly settings: CameraSettings,
    private readonly maps: PixelMaps,
    private readonly dark: Float32Array,
  ) {}

  expose(photons: Float32Array, random: Random, counts: Uint16Array): void {
    const { dark } = this;
    const { quantumEfficiency, fullWell, bits } = this.settings;
    const { offset, gain, readNoise } = this.maps;
    const largest = 2 ** bits - 1;
    for (let i = 0; i < photons.length; i++) {
      const electrons = Math.min(fullWell, poisson(random, quantumEfficiency * photons[i]! + dark[i]!));
      counts[i] = converted(offset[i]! + gain[i]! * electrons + readNoise[i]! * normal(random), largest);
    }
  }
}

/** Conversion to a whole count, from 0 to the largest one. */
function converted(value: number, largest: number): number {
  return value <= 0 ? 0 : value >= largest ? largest : Math.round(value);
}
