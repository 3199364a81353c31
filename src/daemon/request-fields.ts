import { isAbsolute } from "node:path";
import { TrainingError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import type { NumberRule } from "../base/number-rule.js";

// Checks of what a client sent for a training or a tuning. Each throws TrainingError TRAINING_CONFIG, which names the field.

export function number(field: string, rule: NumberRule, value: number): number {
  if (rule.holds(value)) return value;
  throw configError(field, rule.expected, String(value));
}

export function oneOf(field: string, values: readonly string[], value: string): string {
  if (values.includes(value)) return value;
  throw configError(field, values.join(", "), text(field, value) || "nothing");
}

/** An absolute path: the daemon's own folder means nothing to its clients. */
export function path(field: string, sent: string | null | undefined): string {
  const value = text(field, sent ?? "");
  if (isAbsolute(value) && !value.includes("\0")) return value;
  throw configError(field, "an absolute path on the daemon's machine", value || "nothing");
}

export function fileName(field: string, value: string): string {
  if (/^[^/\\\0]{1,200}$/.test(value)) return value;
  throw configError(field, "the name of a file without its folder", text(field, value) || "nothing");
}

export function text(field: string, value: string): string {
  if (value.length <= WIRE_LIMITS.maxTrainingText) return value;
  throw configError(field, `at most ${WIRE_LIMITS.maxTrainingText} characters`, `${value.length}`);
}

export function configError(field: string, expected: string, found: string, advice = ""): TrainingError {
  return new TrainingError("TRAINING_CONFIG", { subject: `training, ${field}`, expected, found, advice });
}
