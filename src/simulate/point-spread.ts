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

/** Share of an emitter's photons in the pixel at whose centre it is, in focus. */
export function peakShareOf(psf: PointSpread): number {
  const pixel = new Float32Array(1);
  psf.add(pixel, 1, 1, 0.5, 0.5, 0, 1);
  return pixel[0]!;
}
