import { median, quantile, robustDeviation } from "../../base/quantiles.js";
import type { MoleculeFit } from "./run-spots.js";
import type { Track } from "./tracks.js";

/** Fits of one molecule, in frames during all of which it was on. */
export type WholeFits = readonly MoleculeFit[];

/**
 * The fits of each track without its first and last frame, where a molecule comes on or goes dark.
 * Tracks without other frames are left out.
 */
export function wholeFits(tracks: readonly Track[]): WholeFits[] {
  return tracks
    .map(({ spots }) => spots.slice(1, -1).flatMap(({ fit }) => (fit ? [fit] : [])))
    .filter((fits) => fits.length > 0);
}

/** Step of light that shows a second molecule: least natural logarithm, and deviations of noise. */
const [LEAST_STEP, STEP_DEVIATIONS] = [0.25, 3];
/**
 * Molecules seen in at least two whole frames that are enough.
 * Those seen in one frame, which cannot show a step, are then left out.
 */
const ENOUGH_LONG = 100;

/** Leaves out pairs of molecules in one place: their light has steps as either comes or goes. */
export function singleMolecules(molecules: readonly WholeFits[]): WholeFits[] {
  const steps = molecules.map((fits) => fits.slice(1).map((fit, i) => Math.log(fit.light / fits[i]!.light)));
  const all = steps.flat();
  const noise = all.length > 1 ? robustDeviation(all, 0) : 0;
  const most = Math.max(LEAST_STEP, STEP_DEVIATIONS * noise);
  const steady = molecules.filter((_, i) => steps[i]!.every((step) => Math.abs(step) < most));
  const long = steady.filter((fits) => fits.length > 1);
  return long.length >= ENOUGH_LONG ? long : steady;
}

const LOW = 0.1;

/** How a property is distributed over molecules. */
export interface Distribution {
  median: number;
  /** A tenth of the molecules are below this. */
  low: number;
  /** Relative deviation between molecules, without the fits' errors. */
  spread: number;
}

/**
 * How a property that is measured in each frame is distributed over molecules.
 * Each molecule counts once, with its mean over frames. The noise of fits follows from how frames
 * of the same molecule differ.
 * @param property above 0
 */
export function distributionOf(
  molecules: readonly WholeFits[],
  property: (fit: MoleculeFit) => number,
): Distribution {
  const logs = molecules.map((fits) => fits.map((fit) => Math.log(property(fit))));
  const steps = logs.flatMap((of) => of.slice(1).map((value, i) => value - of[i]!));
  const noise = steps.length > 1 ? robustDeviation(steps, 0) ** 2 / 2 : 0;
  const means = logs.map((of) => of.reduce((sum, value) => sum + value, 0) / of.length);
  const ofMeans = median(logs.map((of) => 1 / of.length));
  const variance = robustDeviation(means) ** 2 - noise * ofMeans;
  const low = quantile(Float64Array.from(means).sort(), LOW);
  return {
    median: Math.exp(median(means)),
    low: Math.exp(low),
    spread: Math.sqrt(Math.max(0, Math.expm1(variance))),
  };
}

/** The mean of a log-normal distribution. */
export function meanOf({ median: middle, spread }: Pick<Distribution, "median" | "spread">): number {
  return middle * Math.sqrt(1 + spread * spread);
}
