import type { DarkMoments } from "./dark-moments.js";
import type { CameraMeasurement } from "./measurement.js";
import type { NoiseLine } from "./photon-transfer.js";

/**
 * What kinds of cameras make of light. Of λ electrons and g counts for each, a camera without a register makes the cumulants gλ, g²λ, g³λ; the exponential pulses
 * of a register make gλ, 2g²λ, 6g³λ (the m-th is λ times the m-th moment of a pulse). With the slope s = κ₂/κ₁ the third is `third` s² κ₁.
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

/** κ₃ / (s κ₂) is at most 1 without a register, and 1.5 with one but for read noise: kinds are parted between. */
const [PARTING, PARTING_ERROR] = [1.13, 0.03];
/** Slopes above which a register is likelier, and how many deviations of the above a factor e is worth. */
const [LIKELY_SLOPE, SLOPE_WORTH] = [7, 1.5];
/** Relative error of the third moment beyond chance: molecules too faint to be seen make it larger. */
const THIRD_FLOOR = 0.01;
/** Relative error of the slope beyond chance: images of molecules differ from a Gaussian, and some are pairs. */
const SLOPE_FLOOR = 0.015;
const ITERATIONS = 30;
/** Read noise is at least so much of the typical square. */
const LEAST_READ_SHARE = 0.1;
/** Variance that rounding to whole counts adds, ADU². */
const ROUNDING = 1 / 12;

/** What a camera's variance is of that of electrons alone, F². */
export function excessNoise(kind: CameraMeasurement["kind"]): number {
  return KINDS[kind].excess;
}

/** A camera but for the pattern of its pixels. */
export type CameraFit = Omit<CameraMeasurement, "fixedPattern">;

/**
 * Finds kind, gain, offset and read noise from the line of variance over level and the third central moment of dark pixels: the slope s, the variance v = s A + R² and the moment κ₃ = c s² A at the level A
 * above the offset, with what read noise R cameras have. All are weighed by their errors.
 */
export function fitCamera(line: NoiseLine, dark: readonly DarkMoments[]): CameraFit {
  const count = dark.reduce((sum, group) => sum + group.count, 0);
  const third = dark.reduce((sum, group) => sum + group.count * group.third, 0) / count;
  const { slope, variance, level } = line;
  const slopeError = Math.hypot(line.slopeError, SLOPE_FLOOR * slope);
  // Of a normal distribution Var k₃ = 6 v³ / n; the skew adds some.
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

/** The slope s and the square of the read noise in electrons² q of least squares (Gauss-Newton). */
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
    // κ₃ = c s (v − q s² / F⁴), by which A is eliminated.
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
