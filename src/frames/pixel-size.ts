import type { Calibration } from "./frame.js";

/** Nanometres of the units of length that programs write. */
const NM_PER_UNIT: Readonly<Record<string, number>> = {
  nm: 1,
  µm: 1e3,
  // The Greek letter, which some programs write.
  "\u03bcm": 1e3,
  um: 1e3,
  micron: 1e3,
  microns: 1e3,
  mm: 1e6,
  cm: 1e7,
};
/** Least and largest side of a pixel in a sample, nm. Others are those of a screen or a printer. */
const [LEAST, MOST] = [10, 10_000];
/** Largest difference of a square pixel's sides, relative. */
const SQUARE = 1e-3;

/** Side of a pixel, nm, from a stack's calibration; undefined if unknown or not square. */
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
