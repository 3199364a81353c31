import type { ModelSummary } from "./prediction.js";

/** A pixel size is unlike the training's only where it is beyond its range by this share: a calibration is not exact. */
const TOLERANCE = 0.05;

/**
 * Why frames are unlike those that a model was trained on, by the size of their pixels alone.
 * @param pixelSize nm; undefined where it is not known
 * @returns empty where they are like them, or nothing is known
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
