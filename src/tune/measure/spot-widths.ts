import { median, robustDeviation } from "../../base/quantiles.js";
import { rayleighRange } from "../../simulate/optics.js";
import { SETTINGS } from "../../simulate/settings-table.js";
import type { PsfMeasurement } from "./measurement.js";
import { distributionOf, type WholeFits } from "./molecule-light.js";
import type { SpotFit } from "./spot-fit.js";

/** Variance that the integration over a pixel adds, pixels². */
export const PIXEL_VARIANCE = 1 / 12;
/** Variance of a fit that is narrower than the integration over a pixel, pixels². */
const LEAST_VARIANCE = 0.02;
/**
 * Relative deviation of variances below which no depth is assumed.
 * Close pairs that were taken for one molecule cause as much.
 */
const FLAT = 0.14;
/** Median, and 1.4826 times the median absolute deviation, of t² for t evenly between 0 and 1. */
const [SQUARE_MEDIAN, SQUARE_DEVIATION] = [0.25, 0.321];
/** Largest share of the median variance that may come from defocus. */
const MOST_DEFOCUS = 0.6;
/** Molecules without saturated pixels below which saturated ones are used too. */
const FEWEST_SOUND = 10;
/** Errors of an elongation below which it counts as none. */
const SIGNIFICANT = 2;

/** A spot's variance, pixels²: the mean of both axes, without that of the pixel. */
export function spotVariance({ xx, yy }: SpotFit): number {
  return Math.max(LEAST_VARIANCE, (xx + yy) / 2 - PIXEL_VARIANCE);
}

/**
 * Summarises the widths of molecules.
 * The variance is σ² in focus (z = 0), and σ² (1 + (z / z_R)²) at z, as in {@link rayleighRange}.
 * If z is even within ± d, the median and the deviation of the variance give both σ and d.
 * @param pixelSize nm
 */
export function measurePsf(all: readonly WholeFits[], pixelSize: number): PsfMeasurement {
  const sound = all
    .map((fits) => fits.filter(({ saturated }) => !saturated))
    .filter(({ length }) => length > 0);
  const molecules = sound.length >= FEWEST_SOUND ? sound : all;
  const { median: middle, low, spread } = distributionOf(molecules, spotVariance);
  const elongation = elongationOf(molecules);
  // The relative deviation of a variance is twice that of its root.
  const both = { spread: spread / 2, elongation };
  if (spread < FLAT) return { sigma: Math.sqrt(middle), depth: 0, ...both };
  const defocus = Math.min(MOST_DEFOCUS, (SQUARE_MEDIAN * spread) / SQUARE_DEVIATION);
  // In deep samples most molecules are far from focus; the narrowest show the width in focus.
  const inFocus = Math.min(low, middle * (1 - defocus));
  const sigma = Math.sqrt(inFocus);
  const ratio = Math.sqrt((middle - inFocus) / (SQUARE_MEDIAN * inFocus));
  const range = rayleighRange(sigma * pixelSize, SETTINGS.nSample.default, SETTINGS.wavelength.default);
  return { sigma, depth: ratio * range, ...both };
}

/**
 * The typical ratio of a spot's axes.
 * With e = (xx − yy, 2 xy) / (xx + yy), noise adds to the length of e, but not to the product of
 * two frames' e of the same molecule.
 */
function elongationOf(molecules: readonly WholeFits[]): number {
  const products = molecules.flatMap((fits) => {
    if (fits.length < 2) return [];
    let sum = 0;
    for (let i = 1; i < fits.length; i++) {
      const [a, b] = [ellipticity(fits[i - 1]!), ellipticity(fits[i]!)];
      sum += a[0] * b[0] + a[1] * b[1];
    }
    return [sum / (fits.length - 1)];
  });
  if (products.length === 0) return 1;
  const square = median(products);
  const error = (1.25 * robustDeviation(products)) / Math.sqrt(products.length);
  if (square < SIGNIFICANT * error) return 1;
  const e = Math.min(0.9, Math.sqrt(square));
  return Math.sqrt((1 + e) / (1 - e));
}

function ellipticity(fit: SpotFit): [number, number] {
  const sum = 2 * spotVariance(fit);
  return [(fit.xx - fit.yy) / sum, (2 * fit.xy) / sum];
}
