import { checkArgument, oneOf } from "../base/arguments.js";
import { InputError } from "../base/errors.js";

/** What a set point is a value of. */
export const QUANTITIES = {
  count: "molecules in a frame",
  density: "molecules per µm²",
  "max-local-count": "most molecules in a square of the frame",
} as const;

/** Name of what a set point is a value of. */
export type Quantity = keyof typeof QUANTITIES;

/** A frame's counts and size, as far as a reading needs them. */
export interface CountedArea {
  count: number;
  maxLocalCount: number;
  /** Pixels. */
  width: number;
  height: number;
  /** Side of a pixel, nm; undefined if it is not known. */
  pixelSize?: number | undefined;
}

const KNOWN = oneOf(Object.keys(QUANTITIES));

/**
 * The reading of a controller from a frame's counts, in the unit of its set point.
 * @throws InputError INPUT_OPTION for an unknown quantity, or a density of pixels whose size is not known
 */
export function readingOf(quantity: Quantity, area: CountedArea): number {
  checkArgument("quantity", quantity, KNOWN);
  const { count, maxLocalCount, width, height, pixelSize } = area;
  if (quantity === "count") return count;
  if (quantity === "max-local-count") return maxLocalCount;
  if (pixelSize !== undefined) return count / (width * height * (pixelSize / 1000) ** 2);
  throw new InputError("INPUT_OPTION", {
    subject: "a set point in molecules per µm²",
    expected: "frames whose pixel size is known",
    found: "frames without",
    advice: "Give the pixel size, or choose a set point on the count.",
  });
}
