import type { SimulationSettings } from "./settings.js";

/** Values that follow from the settings, to draw with or to compare with. */
export interface Brightness {
  /** Mean photons of an emitter that is on for a whole frame. */
  photons: number;
  /** Peak signal over noise of such an emitter. */
  snr: number;
  /** Share of its photons in the pixel at whose centre it is, in focus. */
  peakShare: number;
}

/**
 * Photons and signal-to-noise ratio; the settings give one of them. With the signal S = QE ·
 * photons · share in the brightest pixel, electrons,
 *
 * SNR = S / √(F² (S + QE · background + dark) + R² + q² / 12),
 *
 * where F² = 2 for the register of an EMCCD, else 1; R is the read noise and q the electrons of a
 * count, both divided by the register's gain; for an sCMOS, R² is the mean over the pixels. The
 * background here is without autofluorescence and haze.
 */
export function brightnessOf(settings: SimulationSettings, peakShare: number): Brightness {
  const perPhoton = settings.quantumEfficiency * peakShare;
  const excess = excessOf(settings);
  const dark = pixelVariance(settings, settings.background);
  const noise = (signal: number) => Math.sqrt(excess * signal + dark);
  const { snr } = settings;
  const signal = snr === undefined ? settings.photons * perPhoton : signalFor(snr, excess, dark);
  const photons = signal / perPhoton;
  return { photons, snr: snr ?? signal / noise(signal), peakShare };
}

/** Solves S² = snr² (excess S + dark) for S. */
function signalFor(snr: number, excess: number, dark: number): number {
  const half = (snr * snr * excess) / 2;
  return half + Math.sqrt(half * half + snr * snr * dark);
}

/** F², the factor by which an EMCCD's register multiplies the variance of light. */
function excessOf({ camera }: Pick<SimulationSettings, "camera">): number {
  return camera === "emccd" ? 2 : 1;
}

/**
 * Variance of a pixel in electrons²: F² (QE background + dark) + R² + q² / 12.
 * The symbols are those of {@link brightnessOf}.
 * @param background photons
 */
export function pixelVariance(settings: SimulationSettings, background: number): number {
  const { camera, quantumEfficiency, darkElectrons, electronsPerCount, readNoise, readNoiseSpread, emGain } =
    settings;
  const light = excessOf(settings) * (quantumEfficiency * background + darkElectrons);
  if (camera === "emccd") return light + (readNoise ** 2 + electronsPerCount ** 2 / 12) / emGain ** 2;
  // The mean square of a log-normal value.
  return light + readNoise ** 2 * Math.exp(2 * readNoiseSpread ** 2) + electronsPerCount ** 2 / 12;
}
