import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type CsvError, parse } from "csv-parse";
import { throwIfCancelled } from "../base/cancelled.js";
import { DatasetError } from "../base/errors.js";
import { openFile } from "../base/regular-file.js";

/** How much of a file is searched for its separator. */
const HEAD_BYTES = 65_536;
const SEPARATORS = [",", ";", "\t"] as const;

/** A row of a table. Its errors name file, line and column. */
export interface CsvRow {
  readonly line: number;
  /** @throws DatasetError DATASET_TRUTH where the column is empty or not a finite number */
  number(column: number): number;
  /** @throws DatasetError DATASET_TRUTH where the column is empty */
  text(column: number): string;
  /** The error for a wrong value in a column. */
  wrong(column: number, expected: string, advice?: string): DatasetError;
}

export interface CsvHandler {
  /** Called once. @param names the columns in lower case, without quotes and with single spaces */
  head(names: string[]): void;
  row(row: CsvRow): void;
}

/**
 * Reads a table that has a head, row by row, in bounded memory.
 * Columns are separated by comma, semicolon or tab, with or without quotes, spaces and a byte order
 * mark. With semicolons and tabs, decimal commas are read too.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_TRUTH; DefconError CANCELLED; what the
 * handler throws
 */
export async function readCsv(path: string, handler: CsvHandler, signal?: AbortSignal): Promise<void> {
  const separator = await findSeparator(path);
  const parser = parse({
    bom: true,
    delimiter: separator,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
  });
  let names: string[] | undefined;
  let refusal: { error: unknown } | undefined;
  const take = async (records: AsyncIterable<{ record: string[]; info: { lines: number } }>) => {
    for await (const { record, info } of records) {
      try {
        if (names) {
          handler.row(new Row(path, names, info.lines, record, separator !== ","));
        } else {
          names = record.map(plainName);
          handler.head(names);
        }
      } catch (error) {
        refusal = { error };
        throw error;
      }
    }
  };
  try {
    await pipeline(createReadStream(path), parser, take, { ...(signal && { signal }) });
  } catch (cause) {
    throwIfCancelled(signal);
    // The pipeline may report only that reading was broken off, and not why.
    if (refusal) throw refusal.error;
    if (!isCsvError(cause)) throw cause;
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: "a table of comma-separated values",
      found: cause.message,
      cause,
    });
  }
  if (!names) handler.head([]);
}

class Row implements CsvRow {
  constructor(
    private readonly path: string,
    private readonly names: readonly string[],
    readonly line: number,
    private readonly values: readonly string[],
    private readonly decimalCommas: boolean,
  ) {}

  number(column: number): number {
    const text = this.decimalCommas ? this.values[column]?.replace(",", ".") : this.values[column];
    const value = Number(text);
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
      subject: `${this.path}, line ${this.line}, column ${this.names[column]}`,
      expected,
      found: text ? text.slice(0, 60) : "nothing",
      ...(advice && { advice }),
    });
  }
}

function plainName(name: string): string {
  return name.replaceAll('"', "").trim().replaceAll(/\s+/g, " ").toLowerCase();
}

/** The most frequent separator of the first line that is not empty. */
async function findSeparator(path: string): Promise<string> {
  const handle = await openFile(path, "a csv table");
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    .finally(() => handle.close());
  const line =
    buffer
      .toString("utf8", 0, bytesRead)
      .trimStart()
      .split(/[\r\n]/, 1)[0] ?? "";
  const counts = SEPARATORS.map((separator) => line.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}
