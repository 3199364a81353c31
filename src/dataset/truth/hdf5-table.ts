import type { Dataset } from "h5wasm/node";
import { throwIfCancelled } from "../../base/cancelled.js";
import { DatasetError } from "../../base/errors.js";
import { datasetIn, hdf5Reason } from "../../base/hdf5.js";
import { sourceParts } from "../../frames/source-parts.js";
import { readingTables } from "../layout.js";
import { openForReading } from "../training-set.js";
import { plainName } from "./table-head.js";
import { type TableHandler, type TablePlace, TextRow } from "./table-row.js";

/** Where Picasso keeps its localisations. */
const LOCALISATIONS = "locs";
/** Rows that are read at once. */
const ROWS = 10_000;

/**
 * Reads a table in an HDF5 file, an array of records with names, row by row.
 * @param source FILE.hdf5, whose array is `locs` as Picasso writes it, or FILE.hdf5:PATH
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT, DATASET_TRUTH; DefconError
 * CANCELLED; what the handler throws
 */
export async function readHdf5Table(
  source: string,
  handler: TableHandler,
  signal?: AbortSignal,
): Promise<void> {
  const { path, array = LOCALISATIONS } = sourceParts(source);
  const file = await openForReading(path);
  try {
    const dataset = datasetIn(file, array);
    const names = dataset && readingTables(path, () => columnsOf(dataset));
    if (!names) {
      throw new DatasetError("DATASET_TRUTH", {
        subject: path,
        expected: `a table ${array} with named columns, as Picasso writes`,
        found: dataset
          ? `an array of ${JSON.stringify(dataset.dtype)}`
          : `${readingTables(path, () => file.keys()).join(", ") || "nothing"}`,
        advice: "Name the table after a colon, FILE.hdf5:PATH, or save it as csv.",
      });
    }
    const place: TablePlace = { path: source, names, counted: "row" };
    handler.head(place, []);
    const count = dataset.shape?.[0] ?? 0;
    for (let first = 0; first < count; first += ROWS) {
      throwIfCancelled(signal);
      const end = Math.min(count, first + ROWS);
      for (const [i, values] of recordsOf(path, dataset, first, end).entries()) {
        handler.row(new TextRow(place, first + i + 1, values.map(String)));
      }
    }
  } finally {
    file.close();
  }
}

/** Names of a table's columns; undefined for an array that is none. */
function columnsOf({ shape, dtype }: Dataset): string[] | undefined {
  if (shape?.length !== 1 || !Array.isArray(dtype)) return undefined;
  return (dtype as [name: string, type: unknown][]).map(([name]) => plainName(name));
}

function recordsOf(path: string, dataset: Dataset, first: number, end: number): unknown[][] {
  try {
    return dataset.slice([[first, end]]) as unknown[][];
  } catch (cause) {
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: `rows ${first + 1} to ${end} of its table`,
      found: hdf5Reason(cause),
      cause,
    });
  }
}
