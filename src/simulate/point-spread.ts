import type { PointSpread } from "./optics.js";
import { DiffractionPointSpread } from "./psf-diffraction.js";
import { GaussianPointSpread } from "./psf-gaussian.js";
import type { SimulationSettings } from "./settings.js";

/** The image of a point, by the settings. */
export function pointSpreadOf(settings: SimulationSettings): PointSpread {
  return settings.psf === "gaussian"
    ? new GaussianPointSpread(settings)
    : new DiffractionPointSpread(settings);
}

/** Pixels to either side of an emitter in which the brightest pixel of its image is searched. */
const PEAK_REACH = 100;

/**
 * Share of an emitter's photons in the brightest pixel of its image, in focus.
 * That is the pixel at whose centre the emitter is, or that of a lobe of its image, which is then
 * on the same row.
 */
export function peakShareOf(psf: PointSpread): number {
  const row = new Float32Array(2 * PEAK_REACH + 1);
  psf.add(row, row.length, 1, PEAK_REACH + 0.5, 0.5, 0, 1);
  return Math.max(...row);
}
