import { type PointSpread, rayleighRange, sigmaInFocus } from "./optics.js";
import type { SimulationSettings } from "./settings.js";

/** Standard deviations out to which an image is drawn; 10⁻⁵ of its light is beyond. */
const REACH = 4.5;

/** Widths of halo and coma, and the shift of the coma, in standard deviations of the image. */
const [HALO_WIDTH, COMA_WIDTH, COMA_SHIFT] = [2.2, 1.1, 1.6];

/** Depth over which a double helix makes half a turn, nm (Pavani et al. 2009, PNAS 106, 2995). */
const HALF_TURN = 2_000;

/** A part of an image. */
interface Part {
  weight: number;
  /** Standard deviation, relative to the image's. */
  width: number;
  /** Position, in standard deviations of the image in focus. */
  dx: number;
  dy: number;
}

export type GaussianOptics = Pick<
  SimulationSettings,
  | "psfSigma"
  | "wavelength"
  | "na"
  | "nSample"
  | "pixelSize"
  | "astigmatism"
  | "halo"
  | "coma"
  | "comaAngle"
  | "lobes"
>;

/**
 * A Gaussian image, integrated over pixels, that widens with defocus as a Gaussian beam does.
 * The standard deviation is sigma(z) = sigma sqrt(1 + (z / z_R)²); with astigmatism a, along x from
 * the plane a and along y from -a (Huang, Wang, Bates and Zhuang 2008, Science 319, 810). Some
 * light may be in a wider Gaussian around it, like the rings of a real image, and in one beside it,
 * like coma. There may be two lobes that turn about their middle with depth: a double helix.
 */
export class GaussianPointSpread implements PointSpread {
  private readonly sigma: number;
  private readonly range: number;
  private readonly astigmatism: number;
  private readonly parts: readonly Part[];
  /** Half the distance of two lobes, pixels; 0 for a single image. */
  private readonly lobe: number;
  private columns: Float64Array = new Float64Array(16);
  private rows: Float64Array = new Float64Array(16);

  constructor(settings: GaussianOptics) {
    const sigma = sigmaInFocus(settings);
    this.sigma = sigma / settings.pixelSize;
    this.range = rayleighRange(sigma, settings.nSample, settings.wavelength);
    this.astigmatism = settings.astigmatism;
    this.parts = partsOf(settings);
    this.lobe = settings.lobes / 2 / settings.pixelSize;
  }

  /**
   * Standard deviation, pixels: of the wider axis, and of both lobes together.
   * @param z nm from the focal plane
   */
  sigmaAt(z: number): number {
    return Math.hypot(this.widthAt(Math.abs(z) + Math.abs(this.astigmatism)), this.lobe);
  }

  noiseArea(z: number): number {
    const [x, y] = this.widthsAt(z);
    // The integral of the squared sum of Gaussians.
    let overlap = 0;
    const parts = this.partsAt(z);
    for (const a of parts) {
      for (const b of parts) {
        const widths = a.width ** 2 + b.width ** 2;
        const [alongX, alongY] = [widths * x * x, widths * y * y];
        const distance =
          ((a.dx - b.dx) * this.sigma) ** 2 / alongX + ((a.dy - b.dy) * this.sigma) ** 2 / alongY;
        overlap +=
          (a.weight * b.weight * Math.exp(-0.5 * distance)) / (2 * Math.PI * Math.sqrt(alongX * alongY));
      }
    }
    return 1 / overlap;
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
    const [alongX, alongY] = this.widthsAt(z);
    for (const part of this.partsAt(z)) {
      this.addPart(
        image,
        width,
        height,
        [x + part.dx * this.sigma, y + part.dy * this.sigma],
        [part.width * alongX, part.width * alongY],
        part.weight * photons,
      );
    }
  }

  private partsAt(z: number): readonly Part[] {
    if (this.lobe === 0) return this.parts;
    const angle = (Math.PI * z) / HALF_TURN;
    const shift = this.lobe / this.sigma;
    return [-shift, shift].flatMap((along) =>
      this.parts.map((part) => ({
        ...part,
        weight: part.weight / 2,
        dx: part.dx + along * Math.cos(angle),
        dy: part.dy + along * Math.sin(angle),
      })),
    );
  }

  private widthAt(z: number): number {
    return this.sigma * Math.hypot(1, z / this.range);
  }

  /** Standard deviations along x and y, pixels. */
  private widthsAt(z: number): readonly [number, number] {
    return [this.widthAt(z - this.astigmatism), this.widthAt(z + this.astigmatism)];
  }

  private addPart(
    image: Float32Array,
    width: number,
    height: number,
    [x, y]: readonly [number, number],
    [alongX, alongY]: readonly [number, number],
    photons: number,
  ): void {
    const [reachX, reachY] = [REACH * alongX, REACH * alongY];
    const [left, right] = [Math.max(0, Math.floor(x - reachX)), Math.min(width, Math.ceil(x + reachX))];
    const [top, bottom] = [Math.max(0, Math.floor(y - reachY)), Math.min(height, Math.ceil(y + reachY))];
    if (left >= right || top >= bottom) return;
    this.columns = shares(this.columns, left, right, x, alongX);
    this.rows = shares(this.rows, top, bottom, y, alongY);
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

function partsOf({ halo, coma, comaAngle }: Pick<SimulationSettings, "halo" | "coma" | "comaAngle">): Part[] {
  const angle = (Math.PI * comaAngle) / 180;
  const parts = [
    { weight: 1 - halo - coma, width: 1, dx: 0, dy: 0 },
    { weight: halo, width: HALO_WIDTH, dx: 0, dy: 0 },
    {
      weight: coma,
      width: COMA_WIDTH,
      dx: COMA_SHIFT * Math.cos(angle),
      dy: COMA_SHIFT * Math.sin(angle),
    },
  ];
  return parts.filter(({ weight }) => weight > 0);
}

/**
 * The share of a one-dimensional Gaussian in each pixel from `first` up to but not including `end`.
 */
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

/** The error function, to 1.5 · 10⁻⁷ (Abramowitz and Stegun 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - series * Math.exp(-x * x);
  return x < 0 ? -value : value;
}
