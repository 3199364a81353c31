import { Command, Option } from "commander";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import { EXPORT_INPUTS, EXPORT_RESULTS, type ExportOptions } from "../formats/format.js";
import { readModel, WRITTEN_FORMATS, writeModel } from "../formats/registry.js";
import { findModel } from "../library/named-models.js";
import { parameterCount } from "../model/weights.js";
import { forceOption, numberThat } from "./options.js";

interface Options extends ExportOptions {
  format: string;
  output: string;
  force?: boolean;
}

/** `defcon-fiji export`: a model for another program. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write a model for another program")
    .argument("<model>", "an installed model's name, or a model file or folder")
    .addOption(
      new Option("--format <format>", "kind of model to write")
        .choices(WRITTEN_FORMATS.map(({ id }) => id))
        .makeOptionMandatory(),
    )
    .requiredOption("-o, --output <path>", "the file or folder to write")
    .addOption(
      new Option(
        "--result <result>",
        "what the exported network gives (savedmodel; default: density)",
      ).choices(EXPORT_RESULTS),
    )
    .option(
      "--pool <pixels>",
      "side of the square of the max local count (default: the model's, 7)",
      numberThat(wholeNumber(1)),
    )
    .option("--strides <pixels>", "step of that square (savedmodel; default: 1)", numberThat(wholeNumber(1)))
    .option(
      "--division <number>",
      "divide the result by this (savedmodel; default: 1)",
      numberThat(ABOVE_ZERO),
    )
    .addOption(
      new Option(
        "--input <frames>",
        "frames that the exported network takes (triton; default: raw); --engine https://HOST needs normalised",
      ).choices(EXPORT_INPUTS),
    )
    .addOption(forceOption("an earlier model of the same format"))
    .action(exportModel);
}

async function exportModel(
  nameOrPath: string,
  { format: id, output, force, ...options }: Options,
): Promise<void> {
  const format = WRITTEN_FORMATS.find((each) => each.id === id)!;
  const { path } = await findModel(nameOrPath, []);
  const model = await readModel(path);
  await writeModel(output, model, format, options, force);
  console.log(
    `${output}: ${format.title}, ${model.architecture.name}, ${parameterCount(model.architecture)} parameters, from ${path}`,
  );
}
