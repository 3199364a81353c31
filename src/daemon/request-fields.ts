import { isAbsolute } from "node:path";
import { FILE_NAME } from "../base/arguments.js";
import { type DefconError, ProtocolError, TrainingError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import type { NumberRule } from "../base/number-rule.js";

/**
 * The number of a request. Its answer has the same number.
 * @param kind of the message
 * @throws ProtocolError PROTOCOL_MESSAGE for a message without one
 */
export function requestNumber(kind: string, request: number | undefined): number {
  if (request) return request;
  throw new ProtocolError("PROTOCOL_MESSAGE", {
    subject: kind,
    expected: "a request with a number above 0",
  });
}

/**
 * An absolute path. A relative one would begin in the daemon's own folder.
 * @throws what `wrong` makes, for any other path
 */
export function absolutePath(path: string, wrong: (expected: string, found: string) => DefconError): string {
  if (isAbsolute(path) && !path.includes("\0")) return path;
  throw wrong("an absolute path on the daemon's machine", path || "nothing");
}

// Checks of a training's or a tuning's settings. Each throws TrainingError TRAINING_CONFIG with the
// name of the field.

export function number(field: string, rule: NumberRule, value: number): number {
  if (rule.holds(value)) return value;
  throw configError(field, rule.expected, String(value));
}

export function oneOf<Value extends string>(field: string, values: readonly Value[], value: string): Value {
  const found = values.find((each) => each === value);
  if (found !== undefined) return found;
  throw configError(field, values.join(", "), text(field, value) || "nothing");
}

export function path(field: string, sent: string | null | undefined): string {
  return absolutePath(text(field, sent ?? ""), (expected, found) => configError(field, expected, found));
}

export function fileName(field: string, value: string): string {
  if (FILE_NAME.holds(value)) return value;
  throw configError(field, FILE_NAME.expected, text(field, value) || "nothing");
}

export function text(field: string, value: string): string {
  if (value.length <= WIRE_LIMITS.maxTrainingText) return value;
  throw configError(field, `at most ${WIRE_LIMITS.maxTrainingText} characters`, `${value.length}`);
}

/** The entries of a list, each checked. */
export function list<T>(field: string, sent: readonly string[], check: (entry: string) => T): T[] {
  if (sent.length <= WIRE_LIMITS.maxListEntries) return sent.map(check);
  throw configError(field, `at most ${WIRE_LIMITS.maxListEntries} entries`, String(sent.length));
}

export function configError(field: string, expected: string, found: string, advice = ""): TrainingError {
  return new TrainingError("TRAINING_CONFIG", { subject: `training, ${field}`, expected, found, advice });
}
