import { parse } from "csv-parse/sync";

/**
 * Separators of columns, as often as each other the first: a comma may be within numbers.
 * A space separates only where a head has none of these.
 */
const SEPARATORS = [";", "\t", ","] as const;
export type Separator = (typeof SEPARATORS)[number] | " ";

/** What the beginning of a table says about the whole. */
export interface TableHead {
  separator: Separator;
  /** Columns; undefined where the first line that is no comment has them. */
  names: string[] | undefined;
  /** Whether the first line only names the separator. */
  namesSeparator: boolean;
  /** The lines before the columns that begin with #, without it. */
  comments: string[];
}

/**
 * Finds a table's separator and columns.
 *
 * Lines that begin with # are comments. Where the first other line holds only numbers, the columns
 * are those of the last comment, as GDSC-SMLM and NumPy write them, or of rapidSTORM's description.
 * A table without any names has the columns 1, 2, 3 and so on. Excel's line `sep=;` is taken at its
 * word.
 */
export function findHead(text: string): TableHead {
  const lines = text.split(/\r\n|\n|\r/);
  const said = /^"?sep=(.)"?[,;\t]*$/i.exec(lines[0]?.trim() ?? "")?.[1] as Separator | undefined;
  const comments: string[] = [];
  let at = said ? 1 : 0;
  for (; at < lines.length; at++) {
    const line = lines[at]!.trim();
    if (line.startsWith("#")) comments.push(line.slice(1).trim());
    else if (line) break;
  }
  const first = lines[at] ?? "";
  const separator = said ?? mostFrequent(first || (comments.at(-1) ?? ""));
  const fields = fieldsOf(first, separator);
  const isData = fields.every((field) => Number.isFinite(Number(field.replace(",", ".") || Number.NaN)));
  const names = isData || !first ? namesOf(comments, separator, fields.length) : undefined;
  return { separator, names, namesSeparator: said !== undefined, comments };
}

/** A column's name in lower case, without quotes and with single spaces. */
export function plainName(name: string): string {
  return name.replaceAll('"', "").trim().replaceAll(/\s+/g, " ").toLowerCase();
}

/** Columns from the comments above a table; `count` of them if there is any row. */
function namesOf(comments: readonly string[], separator: Separator, count: number): string[] {
  const described = comments.find((comment) => comment.startsWith("<localizations"));
  if (described) return rapidStormNames(described);
  const names = comments.length > 0 ? fieldsOf(comments.at(-1)!, separator).map(plainName) : [];
  if (names.length === count || count === 0) return names;
  return Array.from({ length: count }, (_, i) => String(i + 1));
}

/** The identifiers of rapidSTORM's fields, with their units in brackets. */
function rapidStormNames(description: string): string[] {
  return [...description.matchAll(/<field\s[^>]*>/g)].map(([field]) => {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(field)?.[1] ?? "";
    return plainName(`${attribute("identifier")} [${attribute("unit")}]`);
  });
}

function fieldsOf(line: string, separator: Separator): string[] {
  if (!line.trim()) return [];
  const [fields = []] = parse(line, { delimiter: separator, relax_quotes: true, relax_column_count: true });
  return cleaned(fields as string[], separator);
}

/** Fields without spaces around them; runs of spaces separate like one. */
export function cleaned(fields: readonly string[], separator: Separator): string[] {
  const trimmed = fields.map((field) => field.trim());
  return separator === " " ? trimmed.filter((field) => field !== "") : trimmed;
}

/** The most frequent separator of a line, outside quotes. */
function mostFrequent(line: string): Separator {
  const bare = line.replaceAll(/"[^"]*"/g, '""').trim();
  const counts = SEPARATORS.map((separator) => bare.split(separator).length);
  const most = Math.max(...counts);
  return most === 1 && /\s/.test(bare) ? " " : SEPARATORS[counts.indexOf(most)]!;
}
