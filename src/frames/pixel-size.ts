import type { Calibration } from "./frame.js";

/** Nanometres of the units of length that programs write. */
const NM_PER_UNIT: Readonly<Record<string, number>> = {
  nm: 1,
  µm: 1e3,
  // The Greek letter, as some write it.
  "\u03bcm": 1e3,
  um: 1e3,
  micron: 1e3,
  microns: 1e3,
  mm: 1e6,
  cm: 1e7,
};
/** Sides of pixels in a sample, nm: others are of a screen or a printer. */
const [LEAST, MOST] = [10, 10_000];
/** Ratio of the sides of a pixel that is not square, less 1. */
const SQUARE = 1e-3;

/** Side of a pixel, nm, where a stack's calibration has it; undefined for pixels that are not square. */
export function pixelSizeOf({
  pixelWidth,
  pixelHeight = pixelWidth,
  unit = "",
}: Calibration): number | undefined {
  const scale = NM_PER_UNIT[unit];
  if (!scale || !pixelWidth || !pixelHeight) return undefined;
  if (Math.abs(pixelWidth / pixelHeight - 1) > SQUARE) return undefined;
  const side = Number((pixelWidth * scale).toPrecision(6));
  return side >= LEAST && side <= MOST ? side : undefined;
}
