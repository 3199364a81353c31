/** Fewest digits by which float32 maps of any size are told apart. */
const DIGITS = 9;

/** A value as RFC 4180 has it: text with separators, quotes or line breaks in quotes, nothing for what is not known. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(DIGITS)));
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
