import type { SimulationSettings } from "./settings.js";

/** The image of a point: the share of its photons in each pixel. */
export interface PointSpread {
  /**
   * Adds the image of an emitter.
   * @param image (H,W), photons
   * @param x,y pixels from the corner of the first pixel
   * @param z nm from the focal plane, positive away from the objective
   */
  add(
    image: Float32Array,
    width: number,
    height: number,
    x: number,
    y: number,
    z: number,
    photons: number,
  ): void;
  /** 1 / Σ h² of the image h of an emitter at a depth, pixels; for a Gaussian 4πσ². */
  noiseArea(z: number): number;
}

/**
 * Standard deviation of the Gaussian nearest to a widefield image in focus, in wavelengths over NA.
 * Zhang, Zerubia and Olivo-Marin 2007, Appl. Opt. 46, 1819.
 */
const SIGMA_FACTOR = 0.21;

/** Standard deviation in focus, nm. */
export function sigmaInFocus({
  psfSigma,
  wavelength,
  na,
}: Pick<SimulationSettings, "psfSigma" | "wavelength" | "na">): number {
  return psfSigma ?? (SIGMA_FACTOR * wavelength) / na;
}

/**
 * Distance from the focal plane at which a Gaussian image has twice its area, nm.
 * It is the Rayleigh range of a Gaussian beam whose waist, 2 sigma, is that of the image (Saleh and
 * Teich, Fundamentals of Photonics, chapter 3).
 */
export function rayleighRange(sigma: number, refractiveIndex: number, wavelength: number): number {
  return (4 * Math.PI * refractiveIndex * sigma * sigma) / wavelength;
}
