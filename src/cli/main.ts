import { Command } from "commander";
import { DefconError, messageOf } from "../base/errors.js";
import { VERSION } from "../base/version.js";
import { datasetCommand } from "./dataset.js";
import { demoCommand } from "./demo.js";
import { importCommand } from "./import.js";
import { modelCommand } from "./model.js";
import { predictCommand } from "./predict.js";
import { serveCommand } from "./serve.js";
import { trainCommand } from "./train.js";

/** Exit codes: 1 for what a person can mend, 2 for a fault of the program, 130 after Ctrl-C. */
const EXIT = { trouble: 1, fault: 2, cancelled: 130 } as const;

/** Runs the command line. @param argv as process.argv */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("defcon-fiji")
    .description("Counts single molecules in microscopy frames.")
    .version(VERSION)
    .showHelpAfterError("(defcon-fiji --help shows what there is)");
  for (const command of [
    predictCommand,
    serveCommand,
    datasetCommand,
    trainCommand,
    importCommand,
    modelCommand,
    demoCommand,
  ]) {
    program.addCommand(command());
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Prints what was thrown and returns the exit code for it. */
function report(error: unknown): number {
  if (!(error instanceof DefconError) || error.code === "INTERNAL") {
    console.error(error instanceof Error ? error.stack : messageOf(error));
    return EXIT.fault;
  }
  if (error.code === "CANCELLED") {
    console.error(error.message);
    return EXIT.cancelled;
  }
  console.error(`defcon-fiji: ${error.message} [${error.code}]`);
  return EXIT.trouble;
}
