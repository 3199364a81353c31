import { type PointSpread, rayleighRange, sigmaInFocus } from "./optics.js";
import type { SimulationSettings } from "./settings.js";

/** Standard deviations to which an image is drawn; a hundred-thousandth of its light lies beyond. */
const REACH = 4.5;

/**
 * A Gaussian integrated over pixels, whose standard deviation grows with defocus as a Gaussian beam does: sigma(z) = sigma sqrt(1 + (z / z_R)²).
 */
export class GaussianPointSpread implements PointSpread {
  private readonly sigma: number;
  private readonly range: number;
  private columns: Float64Array = new Float64Array(16);
  private rows: Float64Array = new Float64Array(16);

  constructor(
    settings: Pick<SimulationSettings, "psfSigma" | "wavelength" | "na" | "nSample" | "pixelSize">,
  ) {
    const sigma = sigmaInFocus(settings);
    this.sigma = sigma / settings.pixelSize;
    this.range = rayleighRange(sigma, settings.nSample, settings.wavelength);
  }

  /** Standard deviation, pixels. @param z nm from the focal plane */
  sigmaAt(z: number): number {
    return this.sigma * Math.hypot(1, z / this.range);
  }

  noiseArea(z: number): number {
    return 4 * Math.PI * this.sigmaAt(z) ** 2;
  }

  add(
    image: Float32Array,
    width: number,
    height: number,
    x: number,
    y: number,
    z: number,
    photons: number,
  ): void {
    const sigma = this.sigmaAt(z);
    const reach = REACH * sigma;
    const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width, Math.ceil(x + reach))];
    const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height, Math.ceil(y + reach))];
    if (left >= right || top >= bottom) return;
    this.columns = shares(this.columns, left, right, x, sigma);
    this.rows = shares(this.rows, top, bottom, y, sigma);
    const { columns, rows } = this;
    for (let row = top; row < bottom; row++) {
      const inRow = photons * rows[row - top]!;
      const start = row * width;
      for (let column = left; column < right; column++) {
        image[start + column] = image[start + column]! + inRow * columns[column - left]!;
      }
    }
  }
}

/** The share of a one-dimensional Gaussian in each pixel from `first` up to but not including `end`. */
function shares(
  values: Float64Array,
  first: number,
  end: number,
  position: number,
  sigma: number,
): Float64Array {
  const target = values.length >= end - first ? values : new Float64Array(2 * (end - first));
  const scale = 1 / (Math.SQRT2 * sigma);
  let before = erf((first - position) * scale);
  for (let pixel = first; pixel < end; pixel++) {
    const after = erf((pixel + 1 - position) * scale);
    target[pixel - first] = 0.5 * (after - before);
    before = after;
  }
  return target;
}

/** The error function within 1.5 · 10⁻⁷ (Abramowitz and Stegun 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - series * Math.exp(-x * x);
  return x < 0 ? -value : value;
}
