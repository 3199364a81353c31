import { type Command, InvalidArgumentError, Option } from "commander";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import type { ColumnNames } from "../dataset/truth/truth-columns.js";
import {
  LENGTH_UNITS,
  ROLES,
  type Role,
  TRUTH_FORMATS,
  TRUTH_ORIGINS,
} from "../dataset/truth/truth-formats.js";
import { numberThat } from "./options.js";

/** Adds the options that say how a table of emitters is read. @param pixelSize what it is here */
export function withTableOptions(command: Command, pixelSize: string): Command {
  return command
    .option("--pixel-size <nm>", pixelSize, numberThat(ABOVE_ZERO))
    .addOption(
      new Option(
        "--truth-format <format>",
        "how tables are written (default: told by their columns)",
      ).choices(Object.keys(TRUTH_FORMATS)),
    )
    .option(
      "--columns <role=name,...>",
      `columns by name (or number, in a table without names): ${ROLES.map((role) => `${role}=…`).join(",")}`,
      columnNames,
    )
    .option(
      "--frames-from <n>",
      "number of the first frame (default: the format's)",
      numberThat(wholeNumber(0)),
    )
    .addOption(
      new Option("--unit <unit>", "of positions (default: the format's)").choices(Object.keys(LENGTH_UNITS)),
    )
    .addOption(
      new Option("--origin <place>", "what lies at whole numbers of pixels (default: the format's)").choices(
        TRUTH_ORIGINS,
      ),
    );
}

/** Prints what seems wrong with a table. */
export function tellWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`warning: ${warning}`);
}

/** Takes `frame=t,x=px` apart. Names may hold commas. */
function columnNames(text: string): ColumnNames {
  const pieces = text.split(new RegExp(`(?:^|,)\\s*(${ROLES.join("|")})\\s*=`));
  const names: ColumnNames = {};
  for (let i = 1; i < pieces.length; i += 2) {
    const [role, name] = [pieces[i] as Role, pieces[i + 1]!.trim()];
    if (name) names[role] = name;
  }
  if (!pieces[0]!.trim() && Object.keys(names).length === (pieces.length - 1) / 2 && pieces.length > 1)
    return names;
  throw new InvalidArgumentError(
    `Expected ROLE=NAME with the roles ${ROLES.join(", ")}, as in frame=t,x=px,y=py; found ${text || "nothing"}.`,
  );
}
