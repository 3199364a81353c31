import { Command } from "commander";
import { InputError } from "../base/errors.js";
import {
  type Installed,
  install,
  installMicroManager,
  rehearseInstall,
  rehearseMicroManager,
} from "../fiji/install.js";
import { describeChanges, describeInstalled, describeMicroManager, describeRehearsal } from "./fiji-words.js";
import { interruptible } from "./interrupt.js";

interface Options {
  fiji?: string;
  microManager?: string;
  plugin: boolean;
  dryRun?: boolean;
}

/** `defcon-fiji install`: installs the plugin and models into a Fiji. */
export function installCommand(): Command {
  return new Command("install")
    .description("install the plugin and models into Fiji, in place of an older version")
    .argument(
      "[models...]",
      "names or paths of models, the first is the default; or an archive of pack (default: all installed models)",
    )
    .option("--fiji <dir>", "the Fiji folder (default: $FIJI_HOME, or the only one that is found)")
    .option("--micro-manager <dir>", "install the processor for Micro-Manager 2 into its folder instead")
    .option("--no-plugin", "models alone, also for the original plugin")
    .option("--dry-run", "say what would change, and change nothing")
    .action(run);
}

async function run(models: string[], { dryRun, microManager, ...options }: Options): Promise<void> {
  if (microManager !== undefined) {
    if (models.length > 0 || options.fiji !== undefined || !options.plugin) throw microManagerAlone();
    return runMicroManager(microManager, dryRun ?? false);
  }
  if (dryRun) return console.log(describeRehearsal(await rehearseInstall({ models, ...options })));
  const installed: Installed = await interruptible("the Fiji folder is as it was", (signal) =>
    install({ models, ...options }, signal),
  );
  console.log(`${describeChanges(installed)}\n${describeInstalled(installed)}`);
  if (installed.shared.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
}

async function runMicroManager(folder: string, dryRun: boolean): Promise<void> {
  if (dryRun) return console.log(describeRehearsal(rehearseMicroManager(folder), "Micro-Manager"));
  const installed = await interruptible("the Micro-Manager folder is as it was", (signal) =>
    installMicroManager(folder, signal),
  );
  console.log(`${describeChanges(installed, "Micro-Manager")}\n${describeMicroManager(installed)}`);
}

function microManagerAlone(): InputError {
  return new InputError("INPUT_OPTION", {
    subject: "--micro-manager",
    expected: "no models, --fiji or --no-plugin beside it",
    found: "one of them",
    advice:
      "The processor counts with the daemon's models: defcon-fiji install MODEL, or defcon-fiji model install, adds one.",
  });
}
