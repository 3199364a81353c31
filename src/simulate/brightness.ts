import type { SimulationSettings } from "./settings.js";

/** What follows from the settings and is needed to draw, or to compare with. */
export interface Brightness {
  /** Photons from an emitter that is on for a whole frame, on average. */
  photons: number;
  /** Peak signal over noise of such an emitter. */
  snr: number;
  /** Share of its photons in the pixel at whose centre it is, in focus. */
  peakShare: number;
}

/**
 * Photons and signal-to-noise ratio, of which the settings give one. With the signal S = QE · photons · share in the brightest pixel, electrons,
 *
 * SNR = S / √(F² (S + QE · background + dark) + R² + q² / 12),
 *
 * F² = 2 for the register of an EMCCD and 1 else; R the read noise and q the electrons of a count, both divided by the register's gain; R² the mean over the
 * pixels of an sCMOS. Autofluorescence and haze are not in the background here.
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

/** F², by which the register of an EMCCD multiplies the variance of light. */
function excessOf({ camera }: Pick<SimulationSettings, "camera">): number {
  return camera === "emccd" ? 2 : 1;
}

/**
 * Variance of a pixel's electrons: F² (QE background + dark) + R² + q² / 12, as in {@link brightnessOf}.
 * @param background photons
 */
export function pixelVariance(settings: SimulationSettings, background: number): number {
  const { camera, quantumEfficiency, darkElectrons, electronsPerCount, readNoise, readNoiseSpread, emGain } =
    settings;
  const light = excessOf(settings) * (quantumEfficiency * background + darkElectrons);
  if (camera === "emccd") return light + (readNoise ** 2 + electronsPerCount ** 2 / 12) / emGain ** 2;
  // The mean of the square of a log-normal value.
  return light + readNoise ** 2 * Math.exp(2 * readNoiseSpread ** 2) + electronsPerCount ** 2 / 12;
}
