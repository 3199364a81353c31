import { Command } from "commander";
import { InputError } from "../base/errors.js";
import { rehearseUninstall, uninstall } from "../fiji/install.js";
import { describeRehearsal, describeUninstalled } from "./fiji-words.js";
import { interruptible } from "./interrupt.js";

interface Options {
  fiji?: string;
  microManager?: string;
  dryRun?: boolean;
}

/** `defcon-fiji uninstall`: removes everything that install has put into a Fiji. */
export function uninstallCommand(): Command {
  return new Command("uninstall")
    .description("remove from Fiji what install has put there")
    .option("--fiji <dir>", "the Fiji folder (default: $FIJI_HOME, or the only one that is found)")
    .option(
      "--micro-manager <dir>",
      "a Micro-Manager folder instead: removes all of defcon-fiji from it and from its ImageJ",
    )
    .option("--dry-run", "say what would change, and change nothing")
    .action(run);
}

async function run({ dryRun, ...target }: Options): Promise<void> {
  if (target.fiji !== undefined && target.microManager !== undefined) throw twoTargets();
  const program = target.microManager === undefined ? "Fiji" : "Micro-Manager";
  if (dryRun) return console.log(describeRehearsal(rehearseUninstall(target), program));
  const removed = await interruptible(`the ${program} folder is as it was`, (signal) =>
    uninstall(target, signal),
  );
  console.log(describeUninstalled(removed, program));
}

function twoTargets(): InputError {
  return new InputError("INPUT_OPTION", {
    subject: "--micro-manager",
    expected: "no --fiji beside it",
    found: "both",
    advice: "Uninstall from one after the other.",
  });
}
