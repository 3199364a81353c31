/** Fewest digits that tell any two float32 numbers apart. */
const DIGITS = 9;

/**
 * A value as a cell of a csv (RFC 4180). Undefined gives an empty cell.
 * Text with separators, quotes or line breaks is put in quotes.
 */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(DIGITS)));
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
