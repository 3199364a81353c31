import { Command } from "commander";
import { rehearseUninstall, uninstall } from "../fiji/install.js";
import { describeRehearsal, describeUninstalled } from "./fiji-words.js";
import { interruptible } from "./interrupt.js";

interface Options {
  fiji?: string;
  dryRun?: boolean;
}

/** `defcon-fiji uninstall`: removes everything that install has put into a Fiji. */
export function uninstallCommand(): Command {
  return new Command("uninstall")
    .description("remove from Fiji what install has put there")
    .option("--fiji <dir>", "the Fiji folder (default: $FIJI_HOME, or the only one that is found)")
    .option("--dry-run", "say what would change, and change nothing")
    .action(run);
}

async function run({ fiji, dryRun }: Options): Promise<void> {
  if (dryRun) return console.log(describeRehearsal(rehearseUninstall(fiji)));
  const removed = await interruptible("the Fiji folder is as it was", (signal) => uninstall(fiji, signal));
  console.log(describeUninstalled(removed));
}
