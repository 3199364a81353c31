import { Command } from "commander";
import { type Installed, install, rehearseInstall } from "../fiji/install.js";
import { describeChanges, describeInstalled, describeRehearsal } from "./fiji-words.js";
import { interruptible } from "./interrupt.js";

interface Options {
  fiji?: string;
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
    .option("--no-plugin", "models alone, also for the original plugin")
    .option("--dry-run", "say what would change, and change nothing")
    .action(run);
}

async function run(models: string[], { dryRun, ...options }: Options): Promise<void> {
  if (dryRun) return console.log(describeRehearsal(await rehearseInstall({ models, ...options })));
  const installed: Installed = await interruptible("the Fiji folder is as it was", (signal) =>
    install({ models, ...options }, signal),
  );
  console.log(`${describeChanges(installed)}\n${describeInstalled(installed)}`);
  if (installed.shared.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
}
