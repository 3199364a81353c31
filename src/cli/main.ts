import { Command } from "commander";
import { InputError, systemErrorCode } from "../base/errors.js";
import { VERSION } from "../base/version.js";
import { controlCommand } from "./control.js";
import { datasetCommand } from "./dataset.js";
import { demoCommand } from "./demo.js";
import { deviceCommand } from "./device.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { exportCommand } from "./export.js";
import { importCommand } from "./import.js";
import { installCommand } from "./install.js";
import { joinCommand } from "./join.js";
import { listCommand } from "./list.js";
import { microscopeCommand } from "./microscope.js";
import { modelCommand } from "./model.js";
import { packCommand } from "./pack.js";
import { predictCommand } from "./predict.js";
import { EXIT, report } from "./report-error.js";
import { serveCommand } from "./serve.js";
import { simulateCommand } from "./simulate.js";
import { statusCommand } from "./status.js";
import { trainCommand } from "./train.js";
import { tuneCommand } from "./tune.js";
import { uninstallCommand } from "./uninstall.js";

/** All commands, under the headings and in the order of `--help`. */
const COMMANDS: readonly (readonly [heading: string, commands: readonly (() => Command)[]])[] = [
  ["Count:", [predictCommand, joinCommand]],
  ["Serve:", [serveCommand, statusCommand]],
  ["Steer:", [controlCommand, microscopeCommand]],
  ["Train:", [datasetCommand, simulateCommand, trainCommand, tuneCommand]],
  ["Models:", [modelCommand, importCommand, exportCommand]],
  ["Fiji:", [installCommand, listCommand, uninstallCommand, packCommand]],
  ["Check:", [evaluateCommand, doctorCommand, deviceCommand, demoCommand]],
];

/** Runs the command line. @param argv as process.argv */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("defcon-fiji")
    .description("Counts single molecules in microscopy frames.")
    .version(VERSION)
    .showHelpAfterError("(defcon-fiji --help lists all commands)");
  for (const [heading, commands] of COMMANDS) {
    program.commandsGroup(heading);
    for (const command of commands) program.addCommand(command());
  }
  program.helpCommand("help [command]", "show what a command does and its options");
  watchOutput();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/**
 * Handles lost output. A reader that goes away (`| head`) is no fault, and a daemon serves on.
 * Any other loss, such as a full disk, is reported. predict stops in both cases.
 */
function watchOutput(): void {
  process.stdout.on("error", (cause) => {
    if (systemErrorCode(cause) === "EPIPE") return;
    const [subject, expected] = ["standard output", "a place that can be written"];
    process.exitCode = report(
      new InputError("OUTPUT_WRITE", { subject, expected, found: cause.message, cause }),
    );
  });
  process.stderr.on("error", (cause) => {
    // Nothing is printed here: that would fail too, and end up here again.
    if (systemErrorCode(cause) !== "EPIPE") process.exitCode = EXIT.trouble;
  });
}
