import { pixelVariance } from "./brightness.js";
import type { SimulationSettings } from "./settings.js";

/**
 * Which emitters of a simulated frame count in its truth.
 * They give at least this share of the light of one that is on for the whole frame, and can be told
 * from noise. The rule is the same for all emitters: in focus, out of focus, in haze and on
 * structures.
 */
export const RULE_OF_TRUTH = {
  /** The original's 250 of 2500 photons. */
  lightShare: 0.1,
  /** Least signal-to-noise ratio under a filter that matches the emitter's image. */
  snr: 8,
} as const;

/**
 * Signal over noise of an emitter under a matched filter: QE p / √(A V).
 * A = 1 / Σ h² is the noise area of its image h, for a Gaussian 4πσ² (Ober, Ram and Ward 2004,
 * Biophys. J. 86, 1185, have the same sum). V is the variance of a pixel without the emitter.
 * @param photons expected from it in the frame
 * @param noiseArea pixels
 * @param background photons in its pixel from everything else
 */
export function matchedSnr(
  settings: SimulationSettings,
  photons: number,
  noiseArea: number,
  background: number,
): number {
  return (settings.quantumEfficiency * photons) / Math.sqrt(noiseArea * pixelVariance(settings, background));
}

/**
 * A rule of truth: emitters above `threshold` photons with a ratio of at least `leastSnr` count.
 */
export interface CountingRule {
  threshold: number;
  leastSnr: number;
}

/** The rule of a simulation. @param photons of an emitter that is on for a whole frame */
export function countingRule(photons: number): CountingRule {
  return { threshold: RULE_OF_TRUTH.lightShare * photons, leastSnr: RULE_OF_TRUTH.snr };
}

/** Whether an emitter counts. Values that are not known do not exclude it. */
export function counts(
  { threshold, leastSnr }: CountingRule,
  photons: number | undefined,
  snr: number | undefined,
): boolean {
  return (photons === undefined || photons > threshold) && (snr === undefined || snr >= leastSnr);
}
