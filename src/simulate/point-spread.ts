import type { PointSpread } from "./optics.js";
import { DiffractionPointSpread } from "./psf-diffraction.js";
import { GaussianPointSpread } from "./psf-gaussian.js";
import type { SimulationSettings } from "./settings.js";

/** The image of a point as the settings have it. */
export function pointSpreadOf(settings: SimulationSettings): PointSpread {
  return settings.psf === "gaussian"
    ? new GaussianPointSpread(settings)
    : new DiffractionPointSpread(settings);
}

/** Pixels to either side of an emitter among which its brightest is looked for. */
const PEAK_REACH = 100;

/** Share of an emitter's photons in its brightest pixel, in focus: the one at whose centre it is, or that of a lobe of its image, which then lies on the same row. */
export function peakShareOf(psf: PointSpread): number {
  const row = new Float32Array(2 * PEAK_REACH + 1);
  psf.add(row, row.length, 1, PEAK_REACH + 0.5, 0.5, 0, 1);
  return Math.max(...row);
}
