import { DatasetError } from "../../base/errors.js";
import type { Place } from "../../simulate/structures.js";
import { readCsv } from "./csv-table.js";

/**
 * Reads a table of positions with the columns x, y and possibly z, which is else 0.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_TRUTH
 */
export async function readPositionsTable(path: string): Promise<Place[]> {
  const positions: Place[] = [];
  let [xAt, yAt, zAt] = [-1, -1, -1];
  await readCsv(path, {
    head({ names }) {
      [xAt, yAt, zAt] = ["x", "y", "z"].map((name) => names.indexOf(name)) as [number, number, number];
      if (xAt >= 0 && yAt >= 0) return;
      throw new DatasetError("DATASET_TRUTH", {
        subject: path,
        expected: "the columns x and y, in pixels",
        found: names.join(", ") || "no columns",
      });
    },
    row: (row) => positions.push([row.number(xAt), row.number(yAt), zAt < 0 ? 0 : row.number(zAt)]),
  });
  return positions;
}
