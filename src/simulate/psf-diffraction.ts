import type { PointSpread } from "./optics.js";
import { DiffractionIntegral, type OpticsSettings, pupilOf } from "./pupil.js";

/**
 * Positions of an emitter within a pixel, along each axis, for which images are kept.
 * Even, as Simpson's rule over a pixel needs.
 */
const STEPS = 8;
/**
 * Distance of the planes for which images are kept, nm.
 * It is a small part of the depth of focus, even at the highest apertures.
 */
const PLANE_DISTANCE = 50;
/**
 * Half the side of an image in focus, nm.
 * It grows by the defocus, as light spreads by 45° and more.
 */
const REACH = 1_600;
/** Most of half an image's side, pixels. */
const MOST_REACH = 64;

/** The images of an emitter in one plane. */
interface Plane {
  /** Pixels to each side of the middle pixel. */
  reach: number;
  /**
   * Shares of light, by phase along y, phase along x, row and column.
   * The pixel's centre is phase / STEPS + column - reach pixels to the right of the emitter; rows
   * likewise.
   */
  shares: Float32Array;
  /** 1 / Σ h² of the image of an emitter at the middle of a pixel, pixels. */
  noiseArea: number;
}

/**
 * The image of a point by scalar diffraction, integrated over pixels.
 * Images are tabulated by plane and position within a pixel; values between are linear in x, y and
 * z.
 */
export class DiffractionPointSpread implements PointSpread {
  private readonly integral: DiffractionIntegral;
  private readonly planes = new Map<number, Plane>();
  private readonly step: number;

  constructor(private readonly settings: OpticsSettings) {
    this.step = settings.pixelSize / STEPS;
    this.integral = new DiffractionIntegral(pupilOf(settings), settings.wavelength, this.step);
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
    const below = Math.floor(z / PLANE_DISTANCE);
    const share = z / PLANE_DISTANCE - below;
    this.addPlane(image, width, height, x, y, below, photons * (1 - share));
    if (share > 0) this.addPlane(image, width, height, x, y, below + 1, photons * share);
  }

  noiseArea(z: number): number {
    const below = Math.floor(z / PLANE_DISTANCE);
    const share = z / PLANE_DISTANCE - below;
    return (1 - share) * this.plane(below).noiseArea + share * this.plane(below + 1).noiseArea;
  }

  private addPlane(
    image: Float32Array,
    width: number,
    height: number,
    x: number,
    y: number,
    index: number,
    photons: number,
  ): void {
    const { reach, shares } = this.plane(index);
    const side = 2 * reach + 1;
    const [across, down] = [phaseOf(x), phaseOf(y)];
    const first = (middle: number) => Math.max(0, middle - reach);
    const end = (middle: number, length: number) => Math.min(length, middle + reach + 1);
    const [left, right] = [first(across.middle), end(across.middle, width)];
    const images = [0, 1].flatMap((v) =>
      [0, 1].map((u) => ({
        at: ((down.phase + v) * (STEPS + 1) + across.phase + u) * side * side,
        share: photons * (v ? down.share : 1 - down.share) * (u ? across.share : 1 - across.share),
      })),
    );
    const [a, b, c, d] = images as [Corner, Corner, Corner, Corner];
    for (let row = first(down.middle); row < end(down.middle, height); row++) {
      const from = (row - down.middle + reach) * side + reach - across.middle;
      for (let column = left; column < right; column++) {
        const pixel = from + column;
        const light =
          a.share * shares[a.at + pixel]! +
          b.share * shares[b.at + pixel]! +
          c.share * shares[c.at + pixel]! +
          d.share * shares[d.at + pixel]!;
        image[row * width + column] = image[row * width + column]! + light;
      }
    }
  }

  private plane(index: number): Plane {
    let plane = this.planes.get(index);
    if (!plane) {
      plane = this.tabulate(index * PLANE_DISTANCE);
      this.planes.set(index, plane);
    }
    return plane;
  }

  private tabulate(z: number): Plane {
    const reach = Math.min(MOST_REACH, Math.ceil((REACH + Math.abs(z)) / this.settings.pixelSize));
    const quarter = (reach + 1) * STEPS + 1;
    // Half a pixel more than the image, for the integration over pixels.
    const points = quarter + STEPS / 2;
    const profile = this.integral.profile(z, Math.ceil(Math.SQRT2 * points) + 2);
    const density = Float64Array.from({ length: points * points }, (_, at) =>
      between(profile, Math.hypot(at % points, Math.floor(at / points))),
    );
    const pixels = overPixels(overPixels(density, points, quarter, this.step), points, quarter, this.step);
    const shares = byPhase(pixels, quarter, reach);
    const squares = shares.subarray(0, (2 * reach + 1) ** 2).reduce((sum, share) => sum + share * share, 0);
    return { reach, shares, noiseArea: 1 / squares };
  }
}

interface Corner {
  at: number;
  share: number;
}

/**
 * Where an emitter is in its row or column: its pixel, and a share of the way between two phases.
 */
function phaseOf(place: number): { middle: number; phase: number; share: number } {
  const middle = Math.ceil(place - 0.5);
  const steps = STEPS * (middle + 0.5 - place);
  const phase = Math.min(STEPS - 1, Math.floor(steps));
  return { middle, phase, share: steps - phase };
}

/** The value of an even function between its entries: cubic through the nearest four (Lagrange). */
function between(profile: Float64Array, place: number): number {
  const i = Math.floor(place);
  const t = place - i;
  const last = profile.length - 1;
  const [p0, p1] = [profile[Math.abs(i - 1)]!, profile[Math.min(last, i)]!];
  const [p2, p3] = [profile[Math.min(last, i + 1)]!, profile[Math.min(last, i + 2)]!];
  return (
    (-p0 * t * (t - 1) * (t - 2)) / 6 +
    (p1 * (t + 1) * (t - 1) * (t - 2)) / 2 -
    (p2 * (t + 1) * t * (t - 2)) / 2 +
    (p3 * (t + 1) * t * (t - 1)) / 6
  );
}

/** Simpson's weights over a pixel, for a step of 1. */
const PIXEL_WEIGHTS = Float64Array.from(
  { length: STEPS + 1 },
  (_, i) => (i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2) / 3,
);

/**
 * Integrates a quarter of an even function over a pixel's width along the rows, and transposes it.
 * A second call then does the other axis.
 * @returns values[column][row], of which only the first `quarter` columns are filled
 */
function overPixels(values: Float64Array, points: number, quarter: number, step: number): Float64Array {
  const sums = new Float64Array(points * points);
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < quarter; column++) {
      let sum = 0;
      for (let i = 0; i <= STEPS; i++) {
        sum += PIXEL_WEIGHTS[i]! * values[row * points + Math.abs(column + i - STEPS / 2)]!;
      }
      sums[column * points + row] = sum * step;
    }
  }
  return sums;
}

/**
 * Sorts a quarter of an image, in steps, into whole images in pixels, one for each pair of phases.
 */
function byPhase(pixels: Float64Array, quarter: number, reach: number): Float32Array {
  const points = quarter + STEPS / 2;
  const side = 2 * reach + 1;
  const shares = new Float32Array((STEPS + 1) ** 2 * side * side);
  let at = 0;
  for (let v = 0; v <= STEPS; v++) {
    for (let u = 0; u <= STEPS; u++) {
      for (let row = -reach; row <= reach; row++) {
        const from = Math.abs(STEPS * row + v) * points;
        for (let column = -reach; column <= reach; column++) {
          shares[at++] = pixels[from + Math.abs(STEPS * column + u)]!;
        }
      }
    }
  }
  return shares;
}
