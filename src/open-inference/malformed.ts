import { ProtocolError } from "../base/errors.js";
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

/** A foreign value in an error: short, on one line. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value) && value.length > SHOWN) return `a list of ${value.length}`;
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return plainText(text, SHOWN);
}
