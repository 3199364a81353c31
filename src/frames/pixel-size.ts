import { type Calibration, NM_PER_UNIT } from "./frame.js";

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
