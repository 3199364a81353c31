import { median, robustDeviation } from "../base/quantiles.js";
import { type Band, bandPassed } from "../frames/band-pass.js";
import type { Frame } from "../frames/frame.js";

/** The pixel of a spot's peak. */
export interface Spot {
  x: number;
  y: number;
}

/**
 * Standard deviations of the two blurs whose difference is searched, pixels.
 * They are about the width of a molecule and that of its surroundings.
 */
const SPOT_BAND: Band = { narrow: 1.5, wide: 4 };
/** Robust deviations by which a peak must stand out. */
export const SPOT_DEVIATIONS = 6;
/** A peak is the highest pixel within this many columns and rows. */
const PEAK_REACH = 2;

/**
 * Finds the spots of a frame, from that frame alone.
 * The frame is blurred by 1.5 pixels, and the frame blurred by 4 pixels is subtracted. Spots are
 * peaks (the highest of 5×5 pixels) of the difference that stand out from its median by more than
 * `deviations` robust standard deviations (1.4826 times the median absolute deviation).
 */
export function findSpots(frame: Frame, deviations = SPOT_DEVIATIONS): Spot[] {
  const { width, height } = frame;
  const band = bandPassed(width, height, frame.pixels, SPOT_BAND);
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
