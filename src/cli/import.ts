import { Command } from "commander";
import { NATIVE_FORMAT, readModel, writeModel } from "../formats/registry.js";
import { EXPORTED_DIVISION } from "../formats/saved-model/saved-model.js";
import { parameterCount } from "../model/weights.js";
import { forceOption } from "./options.js";

/** `defcon-fiji import`: a model of another format becomes a native one. */
export function importCommand(): Command {
  return new Command("import")
    .description("turn a model of another format into the native .onnx")
    .argument(
      "<model>",
      "a Keras .h5 or .keras file, a TensorFlow SavedModel folder, an .onnx file, a bioimage.io package or a Triton repository",
    )
    .requiredOption("-o, --output <model.onnx>", "the file to write")
    .addOption(forceOption("an earlier .onnx"))
    .action(async (file: string, { output, force }: { output: string; force?: boolean }) => {
      const model = await readModel(file);
      await writeModel(output, model, NATIVE_FORMAT, {}, force);
      const division = model.provenance[EXPORTED_DIVISION];
      if (division) console.error(`note: ${file} divides its result by ${division}; ${output} does not`);
      console.log(
        `${output}: ${model.architecture.name}, ${parameterCount(model.architecture)} parameters, from ${file}`,
      );
    });
}
