import type { SimulationSettings } from "./settings.js";

export type OpticsSettings = Pick<
  SimulationSettings,
  | "psf"
  | "wavelength"
  | "na"
  | "pixelSize"
  | "nImmersion"
  | "nSample"
  | "nCoverslip"
  | "coverslip"
  | "nImmersionDesign"
  | "nCoverslipDesign"
  | "coverslipDesign"
  | "workingDistance"
  | "focusDepth"
>;

/**
 * Optical path difference of a ray, nm.
 * @param z of the emitter, nm
 * @param s refractive index times the sine of the ray's angle
 */
export type PathDifference = (z: number, s: number) => number;

/** The rays that reach the image, and their aberrations. */
export interface Pupil {
  /** The numerical aperture that rays from the sample fill. */
  aperture: number;
  /** Refractive index where the emitters are. */
  index: number;
  difference: PathDifference;
}

/** Intervals of Simpson's rule across the pupil. */
const INTERVALS = 256;

/** Evaluates the diffraction integral of a pupil. */
export class DiffractionIntegral {
  /**
   * At each node: refractive index times sine, and the weight sin cos dθ / sin² of the widest
   * angle.
   */
  private readonly sines = new Float64Array(INTERVALS + 1);
  private readonly weights = new Float64Array(INTERVALS + 1);
  private readonly wavenumber: number;
  /** Bessel functions at the nodes, for each radius. */
  private readonly bessel: Float64Array[] = [];

  constructor(
    private readonly pupil: Pupil,
    wavelength: number,
    /** Distance between radii, nm. */
    private readonly step: number,
  ) {
    this.wavenumber = (2 * Math.PI) / wavelength;
    const widest = Math.asin(Math.min(1, pupil.aperture / pupil.index));
    const interval = widest / INTERVALS;
    for (let i = 0; i <= INTERVALS; i++) {
      const angle = i * interval;
      const simpson = (interval / 3) * (i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2);
      this.sines[i] = pupil.index * Math.sin(angle);
      this.weights[i] = (simpson * Math.sin(angle) * Math.cos(angle)) / Math.sin(widest) ** 2;
    }
  }

  /**
   * Shares of an emitter's light per nm² at the radii 0, step, 2 step and so on.
   * The intensity is (k NA)² / π · |∫ J0(k NA r ρ) exp(i k W(ρ)) ρ dρ|² over ρ from 0 to 1; its
   * integral over the plane is 1 (Parseval). It is computed as an integral over the ray's angle: W
   * is a smooth function of the angle's cosine up to the critical angle.
   */
  profile(z: number, radii: number): Float64Array {
    const phases = this.sines.map((s) => this.wavenumber * this.pupil.difference(z, s));
    const [real, imaginary] = [
      this.weights.map((weight, i) => weight * Math.cos(phases[i]!)),
      this.weights.map((weight, i) => weight * Math.sin(phases[i]!)),
    ];
    const scale = (this.wavenumber * this.pupil.aperture) ** 2 / Math.PI;
    return Float64Array.from({ length: radii }, (_, radius) => {
      const bessel = this.besselAt(radius);
      let [a, b] = [0, 0];
      for (let i = 0; i <= INTERVALS; i++) {
        a += bessel[i]! * real[i]!;
        b += bessel[i]! * imaginary[i]!;
      }
      return scale * (a * a + b * b);
    });
  }

  private besselAt(radius: number): Float64Array {
    this.bessel[radius] ??= this.sines.map((s) => besselJ0(this.wavenumber * s * radius * this.step));
    return this.bessel[radius];
  }
}

/**
 * J0 as the mean of cos(x sin θ) over equally spaced angles (Abramowitz and Stegun 9.1.18).
 * Since the function is periodic, this is exact to rounding once there are more than x angles.
 */
export function besselJ0(x: number): number {
  const angles = 16 + Math.ceil(Math.abs(x) / 2);
  let sum = 0;
  for (let i = 0; i < angles; i++) sum += Math.cos(x * Math.sin((Math.PI * (i + 0.5)) / (2 * angles)));
  return sum / angles;
}

/** The pupil of the settings: without aberrations for `airy`, else that of Gibson and Lanni. */
export function pupilOf(settings: OpticsSettings): Pupil {
  return settings.psf === "airy" ? idealPupil(settings) : layeredPupil(settings);
}

function idealPupil({ na, nImmersion }: OpticsSettings): Pupil {
  return { aperture: na, index: nImmersion, difference: (z, s) => z * cosine(nImmersion, s) };
}

/**
 * Rays through sample, coverslip and immersion, compared with those of the design.
 * Gibson and Lanni 1992, J. Opt. Soc. Am. A 9, 154, in the form of Li, Xue and Blu 2017, J. Opt.
 * Soc. Am. A 34, 1029. The immersion's thickness first brings emitters at the depth of focus into
 * paraxial focus. Then it is changed until such an emitter is brightest on the axis, as a person
 * focuses. Rays beyond the critical angle are lost.
 */
function layeredPupil(settings: OpticsSettings): Pupil {
  const { nImmersion, nSample, nCoverslip, nImmersionDesign, nCoverslipDesign, wavelength, focusDepth } =
    settings;
  const [cover, coverDesign, distance] = [
    1000 * settings.coverslip,
    1000 * settings.coverslipDesign,
    1000 * settings.workingDistance,
  ];
  const aperture = Math.min(settings.na, nSample, nImmersion, nCoverslip, nImmersionDesign, nCoverslipDesign);
  const paraxial =
    nImmersion *
    (coverDesign / nCoverslipDesign +
      distance / nImmersionDesign -
      cover / nCoverslip -
      focusDepth / nSample);
  const difference = (immersion: number, z: number, s: number) =>
    (focusDepth + z) * cosine(nSample, s) +
    cover * cosine(nCoverslip, s) -
    coverDesign * cosine(nCoverslipDesign, s) +
    immersion * cosine(nImmersion, s) -
    distance * cosine(nImmersionDesign, s);
  const brightness = (shift: number) => {
    const pupil = {
      aperture,
      index: nSample,
      difference: (z: number, s: number) => difference(paraxial + shift, z, s),
    };
    return new DiffractionIntegral(pupil, wavelength, 1).profile(0, 1)[0]!;
  };
  const mismatch =
    Math.abs(nImmersion - nSample) * focusDepth +
    Math.abs(cover - coverDesign) +
    2 * Math.abs(nImmersion - nImmersionDesign) * distance +
    2 * Math.abs(nCoverslip - nCoverslipDesign) * cover;
  const immersion = paraxial + brightest(brightness, 1_000 + mismatch);
  return { aperture, index: nSample, difference: (z, s) => difference(immersion, z, s) };
}

/** n cos θ of a ray with n sin θ = s. */
function cosine(n: number, s: number): number {
  return Math.sqrt(Math.max(0, n * n - s * s));
}

/** First and last step of the search, nm: below the depth of focus, and far below it. */
const [COARSE, FINE] = [100, 0.5];

/** Where a function is largest, from -range to range: on a coarse grid, then on ever finer ones. */
function brightest(value: (place: number) => number, range: number): number {
  let best = { place: 0, value: value(0) };
  for (let [step, reach] = [COARSE, range]; step >= FINE; [step, reach] = [step / 5, step]) {
    const middle = best.place;
    for (let i = -Math.ceil(reach / step); i * step <= reach; i++) {
      const place = middle + i * step;
      const found = value(place);
      // Among equal values the first one found stays, which is nearest to the middle.
      if (found > best.value * (1 + 1e-9)) best = { place, value: found };
    }
  }
  return best.place;
}
