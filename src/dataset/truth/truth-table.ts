import { sourceParts } from "../../frames/source-parts.js";
import { counts } from "../../simulate/rule-of-truth.js";
import { compareWithFrames, type PixelReader } from "./agreement.js";
import { readCsv } from "./csv-table.js";
import { readHdf5Table } from "./hdf5-table.js";
import { Bounds, checkInside, type TruthStack } from "./outside.js";
import { type Alternative, alternativesTo, readingOf, swapOf } from "./reading.js";
import type { TableHandler, TablePlace, TableRow } from "./table-row.js";
import { findColumns, type KnownTable, readingInWords, type TruthColumns } from "./truth-columns.js";
import { LIGHT, type Reading, type TruthEmitters, TruthRows } from "./truth-rows.js";
import { judge } from "./verdict.js";

/** Photons above which emitters count where nothing is said, as in the original. */
export const BRIGHTNESS_THRESHOLD = 250;

export interface TruthOptions extends KnownTable {
  /**
   * Emitters above this brightness are kept, in the table's unit; without such a column, all are.
   * Left out: 250 photons, and all of a table whose brightness is in another unit.
   */
  threshold?: number | undefined;
  /**
   * Emitters of at least this signal-to-noise ratio are kept, under a matched filter.
   * It is in the column `snr` of simulations' tables. Left out: that column is ignored.
   */
  leastSnr?: number;
  /**
   * Standard deviation of the density maps, pixels.
   * An emitter whose density reaches no pixel is an error.
   */
  sigma: number;
  /**
   * Keep brightness and background of each emitter too, if the table has them in photons: 8 bytes
   * a row each.
   */
  light?: boolean;
  signal?: AbortSignal;
}

/** The emitters of each frame. */
export interface GroundTruth {
  /** @param index from 0 */
  emitters(index: number): TruthEmitters;
  kept: number;
  /** Rows that were too dim to be kept. */
  dropped: number;
  /** Brightness above which rows were kept; undefined where none was asked for. */
  threshold: number | undefined;
  /** The format in which the table was read, in words. */
  format: string;
  /** What else a person should know about how it was read. */
  notes: string[];
  /** What seems wrong with the table, from a comparison with the frames. */
  warnings: string[];
}

/**
 * Reads a table of emitters, with frames in any order, and compares it with the frames.
 * It keeps 29 bytes a row, without light.
 * @param path a csv table, or Picasso's .hdf5
 * @param pixels reads frames; undefined: the table is not compared with them
 * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION; DatasetError DATASET_TRUTH with the line and
 * the column, or where the frames fit another reading; what `pixels` throws
 */
export async function readTruth(
  path: string,
  stack: TruthStack,
  options: TruthOptions,
  pixels?: PixelReader,
): Promise<GroundTruth> {
  const table = new TableReader(path, options);
  const read = sourceParts(path).kind === "hdf5" ? readHdf5Table : readCsv;
  await read(path, table, options.signal);
  const { columns, rows, place } = table;
  const bounds = new Bounds(stack, options.sigma);
  const compare = (reading: Reading, alternatives: Alternative[]) =>
    pixels && compareWithFrames(rows, reading, alternatives, bounds, pixels, options.signal);
  const notes = table.notes();
  let reading = readingOf(columns);
  if (columns.axesByFrames) {
    const other = swapOf(reading, columns, place.names);
    const fitsOnly =
      bounds.outside(rows, reading).count > 0 && bounds.outside(rows, other.reading).count === 0;
    const swaps = fitsOnly || (await compare(reading, [other]))?.better !== undefined;
    if (swaps) reading = other.reading;
    notes.push(
      swaps ? "x runs along the rows, as the frames show" : "x runs down the rows, as DECODE has it",
    );
  }
  const starts = () => (rows.length > 0 ? [rows.firstFrame()] : []);
  checkInside(place, columns, rows, reading, bounds, () =>
    alternativesTo(reading, columns, place.names, starts()),
  );
  const agreement = await compare(reading, alternativesTo(reading, columns, place.names));
  return {
    emitters: rows.byFrame(stack.frames, reading),
    kept: table.kept,
    dropped: rows.length - table.kept,
    threshold: table.threshold,
    format: readingInWords(columns),
    notes,
    warnings: agreement ? judge(path, columns, agreement) : [],
  };
}

/** Takes a table's rows into memory. */
class TableReader implements TableHandler {
  columns!: TruthColumns;
  rows = new TruthRows([]);
  place!: TablePlace;
  kept = 0;
  threshold: number | undefined;

  constructor(
    private readonly path: string,
    private readonly options: TruthOptions,
  ) {}

  head(place: TablePlace, comments: readonly string[]): void {
    this.place = place;
    this.columns = findColumns(this.path, place.names, comments, this.options);
    const { light } = this.columns;
    const inPhotons = light === "photons";
    this.threshold = this.options.threshold ?? (inPhotons ? BRIGHTNESS_THRESHOLD : undefined);
    const isKept = this.options.light && inPhotons;
    this.rows = new TruthRows(isKept ? LIGHT.filter((name) => this.columns[name] !== undefined) : []);
  }

  row(row: TableRow): void {
    const { frame, x, y } = this.columns;
    const isBright = this.counts(row);
    if (isBright) this.kept++;
    this.rows.add(row.line, [row.number(frame), row.number(x), row.number(y)], isBright, (name) =>
      row.number(this.columns[name]!),
    );
  }

  /** What was done with brightness that is not in photons. */
  notes(): string[] {
    const { brightness, light } = this.columns;
    if (brightness === undefined || light === "photons") return [];
    const unit = light.toUpperCase() === light || light === "arbitrary units" ? light : `"${light}"`;
    if (this.threshold === undefined) {
      return [
        `${this.place.names[brightness]} is in ${unit}, so the threshold of ${BRIGHTNESS_THRESHOLD} photons was not applied; say --threshold to apply one in that unit`,
      ];
    }
    return [
      `${this.place.names[brightness]} is in ${unit}; the threshold of ${this.threshold} was applied in that unit`,
    ];
  }

  private counts(row: TableRow): boolean {
    const numberAt = (column: number | undefined) => (column === undefined ? undefined : row.number(column));
    const { brightness, snr } = this.columns;
    const photons = numberAt(brightness);
    const { leastSnr } = this.options;
    const ratio = leastSnr === undefined ? undefined : numberAt(snr);
    return counts(
      { threshold: this.threshold ?? Number.NEGATIVE_INFINITY, leastSnr: leastSnr ?? 0 },
      photons,
      ratio,
    );
  }
}
