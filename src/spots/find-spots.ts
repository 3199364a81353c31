import type { Frame } from "../frames/frame.js";
import { median, robustDeviation } from "./robust.js";

/** The pixel of a spot's peak. */
export interface Spot {
  x: number;
  y: number;
}

/**
 * Standard deviations of the two blurs whose difference is searched, pixels.
 * They are about the width of a molecule and that of its surroundings.
 */
export const SPOT_BAND = { narrow: 1.5, wide: 4 } as const;
/** Robust deviations by which a peak must stand out. */
export const SPOT_DEVIATIONS = 6;
/** A peak is the highest pixel within this many columns and rows. */
const PEAK_REACH = 2;
/** Standard deviations at which a blur's kernel ends. */
const KERNEL_REACH = 4;

/**
 * Finds the spots of a frame, from that frame alone.
 * The frame is blurred by 1.5 pixels, and the frame blurred by 4 pixels is subtracted. Spots are
 * peaks (the highest of 5×5 pixels) of the difference that stand out from its median by more than
 * `deviations` robust standard deviations (1.4826 times the median absolute deviation).
 */
export function findSpots(frame: Frame, deviations = SPOT_DEVIATIONS): Spot[] {
  const { width, height } = frame;
  const band = bandPassed(frame);
  const centre = median(band);
  const least = centre + deviations * robustDeviation(band, centre);
  const spots: Spot[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (band[y * width + x]! > least && isPeak(band, width, height, x, y)) spots.push({ x, y });
    }
  }
  return spots;
}

/** Whether no pixel within two columns and rows is higher. @param values (H,W) */
export function isPeak(
  values: ArrayLike<number>,
  width: number,
  height: number,
  x: number,
  y: number,
): boolean {
  const value = values[y * width + x]!;
  for (let row = Math.max(0, y - PEAK_REACH); row <= Math.min(height - 1, y + PEAK_REACH); row++) {
    for (let column = Math.max(0, x - PEAK_REACH); column <= Math.min(width - 1, x + PEAK_REACH); column++) {
      if (values[row * width + column]! > value) return false;
    }
  }
  return true;
}

function bandPassed(frame: Frame): Float64Array {
  const wide = blurred(frame, SPOT_BAND.wide);
  return blurred(frame, SPOT_BAND.narrow).map((value, i) => value - wide[i]!);
}

/**
 * Convolves a frame with a normal curve of the standard deviation `sigma` (pixels).
 * Beyond the edges, the frame continues with its edge pixels.
 */
function blurred({ width, height, pixels }: Frame, sigma: number): Float64Array {
  const kernel = normalKernel(sigma);
  const rows = folded(pixels, kernel, width, height, 1, width);
  return folded(rows, kernel, height, width, width, 1);
}

function normalKernel(sigma: number): Float64Array {
  const reach = Math.ceil(KERNEL_REACH * sigma);
  const values = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/**
 * Convolves `lines` lines of `length` values each.
 * `step` leads to the next value of a line, `lineStep` to the next line.
 */
function folded(
  values: ArrayLike<number>,
  kernel: Float64Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
): Float64Array {
  const result = new Float64Array(length * lines);
  const reach = kernel.length >> 1;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) {
        const at = Math.min(length - 1, Math.max(0, i + k - reach));
        sum += kernel[k]! * values[line * lineStep + at * step]!;
      }
      result[line * lineStep + i * step] = sum;
    }
  }
  return result;
}
