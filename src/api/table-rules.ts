import { type ArgumentRule, numberArgument, oneOf } from "../base/arguments.js";
import { isRecord } from "../base/is-record.js";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import type { TableOptions } from "../dataset/truth/truth-columns.js";
import { LENGTH_UNITS, ROLES, TRUTH_FORMATS, TRUTH_ORIGINS } from "../dataset/truth/truth-formats.js";

const COLUMNS: ArgumentRule = {
  expected: `names of columns for ${ROLES.join(", ")}`,
  holds: (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([role, name]) =>
        (ROLES as readonly string[]).includes(role) && (name === undefined || typeof name === "string"),
    ),
};

/** What the options of a table of emitters may be. */
export const TABLE_RULES = {
  truthFormat: oneOf(Object.keys(TRUTH_FORMATS)),
  columns: COLUMNS,
  framesFrom: numberArgument(wholeNumber(0)),
  unit: oneOf(Object.keys(LENGTH_UNITS)),
  origin: oneOf(TRUTH_ORIGINS),
  pixelSize: numberArgument(ABOVE_ZERO),
} satisfies Record<keyof TableOptions, ArgumentRule>;
