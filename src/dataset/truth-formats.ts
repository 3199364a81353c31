import { DatasetError } from "../base/errors.js";

/** Programs' formats for tables of emitters. */
export type TruthFormatName = "plain" | "thunderstorm" | "picasso";

interface TruthFormat {
  /** What the format means, in words that a person can check. */
  title: string;
  /** Number of the first frame. */
  firstFrame: 0 | 1;
  /** Coordinate of the centre of the first pixel. */
  firstCentre: 0 | 0.5;
  /** Spellings of each column, in lower case; the first that a table has is taken. */
  columns: Record<"frame" | "x" | "y" | "brightness" | "background" | "snr", readonly string[]>;
  recognises(names: ReadonlySet<string>): boolean;
}

/**
 * The formats, in the order in which they are tried.
 * - ThunderSTORM numbers frames from 1, as ImageJ numbers slices, and adds half a pixel to what it
 *   fits, so that 0 is the corner of the first pixel.
 * - Picasso numbers frames from 0 and gives positions on the grid of pixel indices, so that 0 is
 *   the centre of the first pixel. Its own export for ThunderSTORM multiplies these positions by
 *   the pixel size without adding the half pixel: such a file is half a pixel off.
 * - The plain format is the original's: frames from 1, and 0 at the corner.
 */
export const TRUTH_FORMATS: Record<TruthFormatName, TruthFormat> = {
  thunderstorm: {
    title: "ThunderSTORM's: frames from 1, 0 at the corner of the first pixel",
    firstFrame: 1,
    firstCentre: 0.5,
    columns: {
      frame: ["frame"],
      x: ["x [nm]", "x [px]"],
      y: ["y [nm]", "y [px]"],
      brightness: ["intensity [photon]", "intensity"],
      background: ["offset [photon]", "offset"],
      snr: [],
    },
    recognises: (names) => names.has("x [nm]") || names.has("x [px]"),
  },
  picasso: {
    title: "Picasso's: frames from 0, 0 at the centre of the first pixel",
    firstFrame: 0,
    firstCentre: 0,
    columns: { frame: ["frame"], x: ["x"], y: ["y"], brightness: ["photons"], background: ["bg"], snr: [] },
    recognises: (names) => names.has("photons"),
  },
  plain: {
    title: "plain: frames from 1, 0 at the corner of the first pixel",
    firstFrame: 1,
    firstCentre: 0.5,
    columns: {
      frame: ["frame"],
      x: ["x", "x [px]"],
      y: ["y", "y [px]"],
      brightness: ["brightness"],
      background: ["background"],
      snr: ["snr"],
    },
    recognises: () => true,
  },
};

/** Where a table's columns are, and what their values mean. */
export interface TruthColumns {
  format: TruthFormat;
  frame: number;
  x: number;
  y: number;
  /** Undefined where the table lacks the column, as for the next two. */
  brightness: number | undefined;
  background: number | undefined;
  /** Signal over noise under a matched filter, which simulations write. */
  snr: number | undefined;
  nanometres: boolean;
}

/**
 * Finds a table's columns. @param wanted a format; undefined: told by the columns
 * @throws DatasetError DATASET_TRUTH
 */
export function findColumns(
  path: string,
  names: readonly string[],
  wanted: TruthFormatName | undefined,
): TruthColumns {
  const set = new Set(names);
  const format = wanted
    ? TRUTH_FORMATS[wanted]
    : Object.values(TRUTH_FORMATS).find(({ recognises }) => recognises(set))!;
  const find = (spellings: readonly string[]) => {
    const spelling = spellings.find((each) => set.has(each));
    return spelling === undefined ? undefined : names.indexOf(spelling);
  };
  const need = (column: "frame" | "x" | "y") => {
    const spellings = format.columns[column];
    const at = find(spellings);
    if (at !== undefined) return at;
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: `a column ${spellings.join(" or ")}`,
      found: names.length > 0 ? `the columns ${names.slice(0, 20).join(", ")}` : "no columns",
      advice: "The first line of the table must name its columns; frame, x and y are needed.",
    });
  };
  const [frame, x, y] = [need("frame"), need("x"), need("y")];
  const [xUnit, yUnit] = [x, y].map((at) => names[at]!.includes("[nm]"));
  if (xUnit !== yUnit) {
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: "x and y in the same unit",
      found: `${names[x]} and ${names[y]}`,
    });
  }
  const [brightness, background, snr] = (["brightness", "background", "snr"] as const).map((column) =>
    find(format.columns[column]),
  );
  return { format, frame, x, y, brightness, background, snr, nanometres: xUnit! };
}
