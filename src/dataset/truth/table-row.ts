import { DatasetError } from "../../base/errors.js";

/** A row of a table. Its errors name file, line and column. */
export interface TableRow {
  readonly line: number;
  /** @throws DatasetError DATASET_TRUTH where the column is empty or not a finite number */
  number(column: number): number;
  /** @throws DatasetError DATASET_TRUTH where the column is empty */
  text(column: number): string;
  /** The error for a wrong value in a column. */
  wrong(column: number, expected: string, advice?: string): DatasetError;
}

/** Takes a table while it is read. */
export interface TableHandler {
  /**
   * Called once, before the rows.
   * @param comments the lines before the columns that begin with #, without it
   */
  head(place: TablePlace, comments: readonly string[]): void;
  row(row: TableRow): void;
}

/** A table, for messages. */
export interface TablePlace {
  path: string;
  /** The columns, in lower case, without quotes and with single spaces. */
  names: readonly string[];
  /** What the numbers of rows count: lines of a file, or rows. */
  counted: "line" | "row";
}

/** Where a value stands, for messages. */
export function placeOf({ path, names, counted }: TablePlace, line: number, column: number): string {
  return `${path}, ${counted} ${line}, column ${names[column]}`;
}

/** A row of texts. Decimal commas are read as points. */
export class TextRow implements TableRow {
  constructor(
    private readonly place: TablePlace,
    readonly line: number,
    private readonly values: readonly string[],
  ) {}

  number(column: number): number {
    const text = this.values[column];
    const value = Number(text?.replace(",", "."));
    if (!text || !Number.isFinite(value)) throw this.wrong(column, "a number");
    return value;
  }

  text(column: number): string {
    const text = this.values[column];
    if (!text) throw this.wrong(column, "a value");
    return text;
  }

  wrong(column: number, expected: string, advice?: string): DatasetError {
    const text = this.values[column];
    return new DatasetError("DATASET_TRUTH", {
      subject: placeOf(this.place, this.line, column),
      expected,
      found: text ? text.slice(0, 60) : "nothing",
      ...(advice && { advice }),
    });
  }
}
