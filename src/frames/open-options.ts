import { type ArgumentRule, FLAG, numberArgument, oneOf, type RulesOf } from "../base/arguments.js";
import { given } from "../base/given.js";
import { wholeNumber } from "../base/number-rule.js";

/** How frames are opened, besides by their name. */
export interface OpenOptions {
  /** For frames of several values a pixel, such as RGB: the one that is read, from 1. */
  channel?: number | undefined;
  /** Whether the whole frames of a file that was cut off are read. */
  salvage?: boolean | undefined;
  /**
   * What stands for pixels that are not a finite number: "median", that of the finite pixels
   * around them. They are read as they are where this is left out.
   */
  replaceInvalid?: "median" | undefined;
}

/** What may stand for a pixel that is not a finite number. */
export const REPLACEMENTS = ["median"] as const;

/** What {@link OpenOptions} may be, in programs and on the command line. */
export const OPEN_RULES = {
  channel: numberArgument(wholeNumber(1)),
  salvage: FLAG,
  replaceInvalid: oneOf(REPLACEMENTS),
} as const satisfies RulesOf<OpenOptions> & Record<string, ArgumentRule>;

/** How frames are opened, out of further options. */
export function openOptions({ channel, salvage, replaceInvalid }: OpenOptions): OpenOptions {
  return given({ channel, salvage, replaceInvalid });
}

/** The first option that asks for something; `salvage: false` is the same as none. */
export function askedOption(options: OpenOptions): keyof OpenOptions | undefined {
  const names = Object.keys(OPEN_RULES) as (keyof OpenOptions)[];
  return names.find((name) => options[name] !== undefined && options[name] !== false);
}
