import type { DarkMoments } from "./dark-moments.js";
import type { CameraMeasurement } from "./measurement.js";
import type { NoiseLine } from "./photon-transfer.js";

/**
 * How kinds of cameras turn light into counts.
 * For λ electrons of g counts each, a camera without a register gives the cumulants gλ, g²λ, g³λ.
 * The exponential pulses of a register give gλ, 2g²λ, 6g³λ: the m-th is λ times the m-th moment of
 * a pulse. With the slope s = κ₂/κ₁, the third cumulant is `third` s² κ₁.
 */
const KINDS = {
  scmos: {
    excess: 1,
    third: 1,
    /** Typical square of the read noise, electrons², and its deviation between cameras. */
    readSquare: 3,
    readDeviation: 2.5,
  },
  emccd: { excess: 2, third: 1.5, readSquare: 0.15, readDeviation: 0.25 },
} as const;

/**
 * Value of κ₃ / (s κ₂) that separates the kinds, and its error.
 * Without a register it is at most 1; with one it is 1.5, less the effect of read noise.
 */
const [PARTING, PARTING_ERROR] = [1.13, 0.03];
/** Slope from which a register is likelier, and deviations that a factor of e in it is worth. */
const [LIKELY_SLOPE, SLOPE_WORTH] = [7, 1.5];
/** Least relative error of the third moment: molecules too faint to be seen increase it. */
const THIRD_FLOOR = 0.01;
/** Least relative error of the slope: images of molecules are not Gaussian, and some are pairs. */
const SLOPE_FLOOR = 0.015;
const ITERATIONS = 30;
/** Least read noise, as a share of the typical square. */
const LEAST_READ_SHARE = 0.1;
/** Variance that rounding to whole counts adds, ADU². */
const ROUNDING = 1 / 12;

/** A camera's variance over that of electrons alone, F². */
export function excessNoise(kind: CameraMeasurement["kind"]): number {
  return KINDS[kind].excess;
}

/** A camera without the pattern of its pixels. */
export type CameraFit = Omit<CameraMeasurement, "fixedPattern">;

/**
 * Finds kind, gain, offset and read noise of a camera.
 * It takes the line of variance over level, and the third central moment of dark pixels. At the
 * level A above the offset, with the slope s and the read noise R, the variance is v = s A + R² and
 * the moment is κ₃ = c s² A. All are weighed by their errors, together with the read noise that
 * cameras have.
 */
export function fitCamera(line: NoiseLine, dark: readonly DarkMoments[]): CameraFit {
  const count = dark.reduce((sum, group) => sum + group.count, 0);
  const third = dark.reduce((sum, group) => sum + group.count * group.third, 0) / count;
  const { slope, variance, level } = line;
  const slopeError = Math.hypot(line.slopeError, SLOPE_FLOOR * slope);
  // A normal distribution has Var k₃ = 6 v³ / n; the skew adds some.
  const thirdError = Math.hypot(Math.sqrt((8 * variance ** 3) / count), THIRD_FLOOR * third);
  const ratio = third / (slope * variance);
  const ratioError = Math.hypot(thirdError / (slope * variance), (ratio * slopeError) / slope, PARTING_ERROR);
  const register = (ratio - PARTING) / ratioError + SLOPE_WORTH * Math.log(slope / LIKELY_SLOPE) > 0;
  const kind = register ? "emccd" : "scmos";
  const { s, q } = solve({ ...line, slopeError }, third, thirdError, KINDS[kind]);
  const countsPerElectron = s / KINDS[kind].excess;
  const readVariance = q * countsPerElectron ** 2;
  return {
    kind,
    countsPerElectron,
    offset: Math.max(0, level - (variance - readVariance) / s),
    readNoise: Math.sqrt(Math.max(0, readVariance - ROUNDING)),
  };
}

/** Least squares (Gauss-Newton) for the slope s and the square of the read noise q, electrons². */
function solve(
  { slope, slopeError, variance }: NoiseLine,
  third: number,
  thirdError: number,
  kind: (typeof KINDS)[keyof typeof KINDS],
): { s: number; q: number } {
  const { excess, third: factor, readSquare, readDeviation } = kind;
  let [s, q]: [number, number] = [slope, readSquare];
  const most = (at: number) => (0.95 * variance * excess ** 2) / at ** 2;
  for (let i = 0; i < ITERATIONS; i++) {
    // Without A, the moment is κ₃ = c s (v − q s² / F⁴).
    const read = (q * s * s) / excess ** 2;
    const rest = (third - factor * s * (variance - read)) / thirdError;
    const bySlope = (factor * (variance - 3 * read)) / thirdError;
    const byRead = (-factor * s ** 3) / excess ** 2 / thirdError;
    const [a, b, c] = [
      bySlope ** 2 + 1 / slopeError ** 2,
      bySlope * byRead,
      byRead ** 2 + 1 / readDeviation ** 2,
    ];
    const u = bySlope * rest + (slope - s) / slopeError ** 2;
    const v = byRead * rest + (readSquare - q) / readDeviation ** 2;
    const determinant = a * c - b * b;
    s = Math.max(0.5 * slope, Math.min(2 * slope, s + (c * u - b * v) / determinant));
    q = Math.max(LEAST_READ_SHARE * readSquare, Math.min(most(s), q + (a * v - b * u) / determinant));
  }
  return { s, q };
}
