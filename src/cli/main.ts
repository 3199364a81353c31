import { Command } from "commander";
import { InputError, systemErrorCode } from "../base/errors.js";
import { VERSION } from "../base/version.js";
import { EXIT, report } from "./report-error.js";

type Load = () => Promise<() => Command>;

/**
 * All commands by their names, under the headings and in the order of `--help`.
 * Each is loaded only when it is asked for, or when all are listed: loading all takes most of the
 * time that a short command runs.
 */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  "Count:": {
    predict: async () => (await import("./predict.js")).predictCommand,
    join: async () => (await import("./join.js")).joinCommand,
  },
  "Serve:": {
    serve: async () => (await import("./serve.js")).serveCommand,
    status: async () => (await import("./status.js")).statusCommand,
  },
  "Steer:": {
    control: async () => (await import("./control.js")).controlCommand,
    microscope: async () => (await import("./microscope.js")).microscopeCommand,
  },
  "Train:": {
    dataset: async () => (await import("./dataset.js")).datasetCommand,
    simulate: async () => (await import("./simulate.js")).simulateCommand,
    train: async () => (await import("./train.js")).trainCommand,
    tune: async () => (await import("./tune.js")).tuneCommand,
  },
  "Models:": {
    model: async () => (await import("./model.js")).modelCommand,
    import: async () => (await import("./import.js")).importCommand,
    export: async () => (await import("./export.js")).exportCommand,
  },
  "Fiji:": {
    install: async () => (await import("./install.js")).installCommand,
    list: async () => (await import("./list.js")).listCommand,
    uninstall: async () => (await import("./uninstall.js")).uninstallCommand,
    pack: async () => (await import("./pack.js")).packCommand,
  },
  "Check:": {
    evaluate: async () => (await import("./evaluate.js")).evaluateCommand,
    doctor: async () => (await import("./doctor.js")).doctorCommand,
    device: async () => (await import("./device.js")).deviceCommand,
    demo: async () => (await import("./demo.js")).demoCommand,
  },
};

/** Runs the command line. @param argv as process.argv */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("defcon-fiji")
    .description("Counts single molecules in microscopy frames.")
    .version(VERSION)
    .showHelpAfterError("(defcon-fiji --help lists all commands)");
  const asked = loaderOf(argv[2]);
  if (asked) program.addCommand((await asked())());
  else await addAll(program);
  program.helpCommand("help [command]", "show what a command does and its options");
  watchOutput();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** What loads the command of that name, if there is one. */
function loaderOf(name: string | undefined): Load | undefined {
  return Object.values(COMMANDS)
    .flatMap((commands) => Object.entries(commands))
    .find(([each]) => each === name)?.[1];
}

async function addAll(program: Command): Promise<void> {
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const load of Object.values(commands)) program.addCommand((await load())());
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
