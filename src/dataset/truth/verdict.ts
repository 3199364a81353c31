import { DatasetError } from "../../base/errors.js";
import type { Agreement } from "./agreement.js";
import type { TruthColumns } from "./truth-columns.js";

/** How near half a pixel an offset is that comes from the origin, pixels. */
const HALF_PIXEL = { offset: 0.5, within: 0.15 } as const;

/**
 * Says what a comparison with the frames means for a table.
 * @returns warnings; none for a table that fits
 * @throws DatasetError DATASET_TRUTH where the frames fit another reading, unless the user said
 * what that one would change
 */
export function judge(path: string, columns: TruthColumns, agreement: Agreement): string[] {
  const { emitters, given, better, isChance, offset } = agreement;
  const finding = `pixels under ${emitters} emitters are brighter than ${percent(given)} of their frames (50 % is chance)`;
  if (better) {
    const { alternative, share } = better;
    const comparison = `${finding}; with ${alternative.words}, than ${percent(share)}`;
    if (alternative.ruledOut) return [`${path}: ${comparison}`];
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: "emitters where the frames have spots",
      found: comparison,
      advice: `Say ${alternative.options}; or ${alternative.keep} if the table is right as it is.`,
    });
  }
  if (isChance) return [`${path}: ${finding}. Does the table belong to these frames?`];
  return offset && !columns.said.origin ? [offsetInWords(path, columns, offset)] : [];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function offsetInWords(
  path: string,
  { firstCentre }: TruthColumns,
  { x, y }: NonNullable<Agreement["offset"]>,
): string {
  const right = `${Math.abs(x).toFixed(2)} pixels ${x < 0 ? "left" : "right"} of`;
  const below = `${Math.abs(y).toFixed(2)} ${y < 0 ? "above" : "below"}`;
  const isHalf = (sign: 1 | -1) =>
    [x, y].every((each) => Math.abs(each - sign * HALF_PIXEL.offset) < HALF_PIXEL.within);
  const advice =
    firstCentre === 0.5 && isHalf(1)
      ? "Say --origin centre if whole numbers are the centres of pixels."
      : firstCentre === 0 && isHalf(-1)
        ? "Say --origin corner if whole numbers are the corners of pixels."
        : "Check the origin and the size of pixels.";
  return `${path}: spots lie ${right} the table's positions and ${below}. ${advice}`;
}
