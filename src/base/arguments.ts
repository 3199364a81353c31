import { type DefconError, InputError, type Trouble } from "./errors.js";
import { isRecord } from "./is-record.js";
import type { NumberRule } from "./number-rule.js";
import { isPortableName } from "./portable-name.js";

/**
 * What a value must be that a program passes: in words for messages, and as a check.
 * TypeScript's types do not reach programs in JavaScript.
 */
export interface ArgumentRule {
  readonly expected: string;
  holds(value: unknown): boolean;
}

/** A rule for each of a call's options. */
export type RulesOf<Options> = { readonly [Name in keyof Options]-?: ArgumentRule };

/** What a check makes of a trouble. */
type ErrorOf = (trouble: Trouble) => DefconError;

export const TEXT: ArgumentRule = {
  expected: "a text that is not empty",
  holds: (value) => typeof value === "string" && value !== "",
};

export const PATH: ArgumentRule = {
  expected: "a path",
  holds: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
};

/** The name of a file in a folder that is given elsewhere. */
export const FILE_NAME: ArgumentRule = {
  expected: "the name of a file without its folder, as every system can have it",
  holds: (value) => typeof value === "string" && isPortableName(value),
};

export const FLAG: ArgumentRule = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
};

export const FUNCTION: ArgumentRule = {
  expected: "a function",
  holds: (value) => typeof value === "function",
};

/** An AbortSignal of any realm. */
export const SIGNAL: ArgumentRule = {
  expected: "an AbortSignal",
  holds: (value) =>
    typeof value === "object" &&
    value !== null &&
    "aborted" in value &&
    "addEventListener" in value &&
    typeof value.addEventListener === "function",
};

/** An object of named values. */
export const NAMED_VALUES: ArgumentRule = { expected: "an object", holds: isRecord };

/** A number that fits a rule. */
export function numberArgument({ expected, holds }: NumberRule): ArgumentRule {
  return { expected, holds: (value) => typeof value === "number" && holds(value) };
}

export function oneOf(choices: readonly string[]): ArgumentRule {
  const expected = `one of ${choices.join(", ")}`;
  return { expected, holds: (value) => typeof value === "string" && choices.includes(value) };
}

/** @param many what the values are, in words: "paths" */
export function listOf(rule: ArgumentRule, many: string, least = 0): ArgumentRule {
  const expected = `a list of ${least > 0 ? `at least ${least} of ` : ""}${many}`;
  return {
    expected,
    holds: (value) => Array.isArray(value) && value.length >= least && value.every(rule.holds),
  };
}

/**
 * Checks a value.
 * @param subject what messages call it
 * @throws InputError INPUT_OPTION, or what `errorOf` makes
 */
export function checkArgument(
  subject: string,
  value: unknown,
  { expected, holds }: ArgumentRule,
  errorOf: ErrorOf = optionError,
): void {
  if (!holds(value)) throw errorOf({ subject, expected, found: shown(value) });
}

/**
 * Checks the options of a call, each by its rule. Options may be left out, or be undefined.
 * @param required options that may not be left out
 * @param prefix what messages put before an option's name
 * @throws InputError INPUT_OPTION, or what `errorOf` makes; also for a name that no option has
 */
export function checkOptions<Options>(
  options: unknown,
  rules: RulesOf<Options>,
  {
    required = [],
    prefix = "option ",
    errorOf = optionError,
  }: { required?: readonly (keyof Options)[]; prefix?: string; errorOf?: ErrorOf } = {},
): void {
  const known = Object.entries<ArgumentRule>(rules);
  if (!isRecord(options)) {
    throw errorOf({
      subject: "options",
      expected: `an object with ${known.map(([name]) => name).join(", ")}`,
      found: shown(options),
    });
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(rules, name) || options[name] === undefined) continue;
    throw errorOf({
      subject: `${prefix}${name}`,
      expected: `one of ${known.map(([each]) => each).join(", ")}`,
      found: "another name",
    });
  }
  for (const [name, rule] of known) {
    if (options[name] === undefined && !required.includes(name as keyof Options)) continue;
    checkArgument(`${prefix}${name}`, options[name], rule, errorOf);
  }
}

/** Most characters of a text in a message. */
const SHOWN_CHARACTERS = 80;

/** A value as messages show it. Text is in quotes, so that "7" does not look like 7. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") {
    const rest = value.length > SHOWN_CHARACTERS ? " …" : "";
    return JSON.stringify(value.slice(0, SHOWN_CHARACTERS)) + rest;
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  const kind = value.constructor?.name ?? "Object";
  return kind === "Object"
    ? `an object with ${Object.keys(value).join(", ") || "nothing in it"}`
    : `a ${kind}`;
}

function optionError(trouble: Trouble): InputError {
  return new InputError("INPUT_OPTION", trouble);
}
