import { pipeline } from "node:stream/promises";
import { type CsvError, parse } from "csv-parse";
import { throwIfCancelled } from "../../base/cancelled.js";
import { DatasetError } from "../../base/errors.js";
import { FILE_LIMITS } from "../../base/limits.js";
import { cleaned, findHead, plainName, type TableHead } from "./table-head.js";
import { type TableHandler, type TablePlace, TextRow } from "./table-row.js";
import { readBeginning, readText } from "./text-file.js";

/** How much of a wrong row a message shows. */
const SHOWN = 60;

/**
 * Reads a table that has a head, row by row, in bounded memory.
 * {@link findHead} says how columns are separated and named; quotes, spaces and a byte order mark
 * do not matter. Each row must have as many fields as there are columns.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_TRUTH; DefconError CANCELLED; what the
 * handler throws
 */
export async function readCsv(path: string, handler: TableHandler, signal?: AbortSignal): Promise<void> {
  const { encoding, text } = await readBeginning(path);
  const head = headOf(path, text);
  const rows = new CsvRows(path, head, handler);
  let refusal: { error: unknown } | undefined;
  const take = async (records: AsyncIterable<CsvRecord>) => {
    for await (const record of records) {
      try {
        rows.take(record);
      } catch (error) {
        refusal = { error };
        throw error;
      }
    }
  };
  try {
    await pipeline(readText(path, encoding), parserFor(head), take, { ...(signal && { signal }) });
  } catch (cause) {
    throwIfCancelled(signal);
    // The pipeline may report only that reading was broken off, and not why.
    if (refusal) throw refusal.error;
    throw wrongTable(path, cause);
  }
  rows.finish();
}

function headOf(path: string, text: string): TableHead {
  try {
    return findHead(text);
  } catch (cause) {
    throw wrongTable(path, cause);
  }
}

/** The error for what the parser refuses; any other is given back. */
function wrongTable(path: string, cause: unknown): unknown {
  if (!isCsvError(cause)) return cause;
  return new DatasetError("DATASET_TRUTH", {
    subject: path,
    expected: "a table of comma-separated values",
    found: cause.message,
    cause,
  });
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

function parserFor({ separator, namesSeparator }: TableHead) {
  return parse({
    comment: "#",
    comment_no_infix: true,
    delimiter: separator,
    from_line: namesSeparator ? 2 : 1,
    info: true,
    // The parser looks before it takes a character, so that it takes one more.
    max_record_size: FILE_LIMITS.maxRowLength - 1,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    // Trimming would take tabs and spaces that separate columns.
    trim: separator !== "\t" && separator !== " ",
  });
}

/** Hands a file's rows to a handler once their number of fields is right. */
class CsvRows {
  private place: TablePlace | undefined;
  private rows = 0;

  constructor(
    private readonly path: string,
    private readonly head: TableHead,
    private readonly handler: TableHandler,
  ) {
    if (head.names) this.begin(head.names);
  }

  take({ record, info: { lines } }: CsvRecord): void {
    const values = cleaned(record, this.head.separator);
    if (!this.place) {
      this.begin(values.map(plainName));
      return;
    }
    this.rows++;
    if (values.length !== this.place.names.length) throw this.wrongLength(lines, values);
    this.handler.row(new TextRow(this.place, lines, values));
  }

  finish(): void {
    if (!this.place) this.begin([]);
  }

  private begin(names: string[]): void {
    this.place = { path: this.path, names, counted: "line" };
    this.handler.head(this.place, this.head.comments);
  }

  private wrongLength(line: number, values: readonly string[]): DatasetError {
    const { names } = this.place!;
    const { separator } = this.head;
    return new DatasetError("DATASET_TRUTH", {
      subject: `${this.path}, line ${line}`,
      expected: `${fields(names.length)}, as in the head (${names.join(", ").slice(0, SHOWN)})`,
      found: `${fields(values.length)}: ${values.join(separator).slice(0, SHOWN)}`,
      advice: this.lengthAdvice(values),
    });
  }

  private lengthAdvice(values: readonly string[]): string {
    const surplus = values.length - this.place!.names.length;
    const advice: string[] = [];
    if (surplus === 1 && this.rows === 1) {
      advice.push("If the first field is a row name of R, write the table with row.names = FALSE.");
    }
    if (surplus > 0 && this.head.separator === ",") {
      advice.push(
        "If numbers have decimal commas, separate columns by semicolons, or put numbers in quotes.",
      );
    }
    advice.push(surplus > 0 ? "Else take out what is too much." : "Complete the row, or delete it.");
    return advice.join(" ").replace(/^Else t/, "T");
  }
}

function fields(count: number): string {
  return count === 1 ? "1 field" : `${count} fields`;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}
