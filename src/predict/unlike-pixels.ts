import type { ModelSummary } from "./prediction.js";

/**
 * Share by which a pixel size must be beyond the training's range to be unlike it.
 * Calibrations are not exact.
 */
const TOLERANCE = 0.05;

/**
 * Says why frames are unlike a model's training, by the size of their pixels alone.
 * @param pixelSize nm; undefined where it is not known
 * @returns an empty text where they are alike, or nothing is known
 */
export function unlikePixels(
  { trainedOn }: Pick<ModelSummary, "trainedOn">,
  pixelSize: number | undefined,
): string {
  const range = trainedOn?.pixelSize;
  if (range === undefined || !pixelSize) return "";
  const [least, most] = range;
  if (pixelSize >= least * (1 - TOLERANCE) && pixelSize <= most * (1 + TOLERANCE)) return "";
  const trained = least === most ? `${least}` : `${least} to ${most}`;
  return `pixels of ${Number(pixelSize.toPrecision(4))} nm, in the training ${trained} nm`;
}
