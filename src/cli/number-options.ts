import { type Command, Option } from "commander";
import type { NumberRule } from "../base/number-rule.js";
import { flagOf, numberThat } from "./options.js";

/** A number that a command takes as an option. */
interface NumberRow extends NumberRule {
  readonly text: string;
  readonly unit: string;
  readonly default: number | undefined;
}

/** Adds an option for each number of a table, without a default of commander's. */
export function withNumbers(
  command: Command,
  table: Readonly<Record<string, NumberRow>>,
  heading: string,
): Command {
  for (const [name, row] of Object.entries(table)) {
    const unit = row.unit ? `, ${row.unit}` : "";
    const fallback = row.default === undefined ? "" : ` (default: ${row.default})`;
    const option = new Option(`${flagOf(name)} <n>`, `${row.text}${unit}${fallback}`);
    command.addOption(option.argParser(numberThat(row)).helpGroup(`${heading}:`));
  }
  return command;
}

/** The values of a table's options that were given. */
export function numbersOf<Name extends string>(
  options: object,
  table: Readonly<Record<Name, NumberRow>>,
): { [Each in Name]?: number } {
  const names = Object.keys(table);
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name))) as {
    [Each in Name]?: number;
  };
}
