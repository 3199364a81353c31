import { InvalidArgumentError } from "commander";
import type { NumberRule } from "../base/number-rule.js";
import { RECORDING_ENDINGS } from "../frames/source-parts.js";

/** Endings of the files and folders that hold a stack, for help texts. */
export const STACK_KINDS = RECORDING_ENDINGS.join(", ");

/**
 * Makes the parser of an option that is a number. It throws what commander shows as a wrong value.
 */
export function numberThat({ expected, holds }: NumberRule): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (holds(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}, found ${text || "nothing"}.`);
  };
}

/** The option's flag for a setting: `--batch-size` for `batchSize`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
