import { type Command, Option } from "commander";
import { withOptionsSaid } from "../base/option-text.js";
import { OPEN_RULES, REPLACEMENTS } from "../frames/open-options.js";
import { flagOf, numberThat } from "./options.js";

/** Adds the options that say how frames are read. */
export function withReadingOptions(command: Command): Command {
  return command
    .option(
      `${flagOf("channel")} <n>`,
      "of frames with several values a pixel, such as RGB, read this one, from 1",
      numberThat(OPEN_RULES.channel),
    )
    .option(flagOf("salvage"), "read the whole frames of a tif that was cut off")
    .addOption(
      new Option(
        `${flagOf("replaceInvalid")} <how>`,
        "replace pixels that are NaN or infinite by the median of those around them",
      ).choices(REPLACEMENTS),
    );
}

/** A message with options as the command line has them: `--channel 2`. */
export function withFlags(message: string): string {
  return withOptionsSaid(message, (name, value) =>
    value === undefined || value === "true" ? flagOf(name) : `${flagOf(name)} ${value}`,
  );
}
