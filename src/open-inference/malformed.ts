import { ProtocolError } from "../base/errors.js";
import { isRecord } from "../base/is-record.js";
import { plainText } from "../base/plain-text.js";

/** Most characters of a foreign value that a message shows. */
const SHOWN = 100;

/**
 * The error for a part of a message that is not as the protocol has it.
 * @param value what is there; undefined for nothing
 */
export function unexpected(subject: string, expected: string, value: unknown): ProtocolError {
  return malformed(subject, expected, shown(value));
}

/** The same, with words for what is there. */
export function malformed(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected, found });
}

/** A foreign value in an error: short, on one line. Of what is nested it tells the size alone. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return plainText(JSON.stringify(value.slice(0, SHOWN + 1)), SHOWN);
  // JSON.stringify has no more stack than anybody, and others chose how deep the value is.
  if (Array.isArray(value) && (value.length > SHOWN || value.some(isNested))) {
    return `a list of ${value.length}`;
  }
  if (isRecord(value)) return `an object of ${Object.keys(value).length} fields`;
  return plainText(JSON.stringify(value), SHOWN);
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
