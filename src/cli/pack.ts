import { Command } from "commander";
import { pack } from "../fiji/install.js";
import { megabytes } from "./fiji-words.js";
import { forceOption } from "./options.js";

/** `defcon-fiji pack`: writes what install would install, for a machine without network. */
export function packCommand(): Command {
  return new Command("pack")
    .description("write the plugin and models into an archive for a Fiji on another machine")
    .argument(
      "[models...]",
      "names or paths of models, the first is the default (default: all installed models)",
    )
    .requiredOption("-o, --output <file.tar.gz>", "the archive to write; with any other ending, a folder")
    .addOption(forceOption())
    .action(run);
}

async function run(models: string[], { output, force }: { output: string; force?: boolean }): Promise<void> {
  const content = await pack(models, output, force);
  console.log(
    [
      `${output}: plugin ${content.version}, ${content.models.length > 0 ? `models ${content.models.join(", ")}` : "no model"}, ${content.files.size} files, ${megabytes([...content.files.values()].reduce((sum, { length }) => sum + length, 0))}`,
      `On the other machine: defcon-fiji install ${output} - or, without this program, copy what is in it into the Fiji folder.`,
    ].join("\n"),
  );
}
