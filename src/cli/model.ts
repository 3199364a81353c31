import { constants, existsSync } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { Command } from "commander";
import { InputError, messageOf } from "../base/errors.js";
import { wholeNumber } from "../base/number-rule.js";
import { OutputPlace } from "../base/output-place.js";
import { CALIBRATION_FRAMES, calibrate } from "../calibrate/calibrate.js";
import { startEngine } from "../engine/engines.js";
import { modelKind, NATIVE_FORMAT, readModel, writeModel } from "../formats/registry.js";
import { ModelLibrary } from "../library/model-library.js";
import { findModel } from "../library/named-models.js";
import { describeLayers } from "../model/layer-table.js";
import { parameterCount } from "../model/weights.js";
import { SETTINGS } from "../simulate/settings-table.js";
import { interruptible } from "./interrupt.js";
import { numberThat } from "./options.js";
import { StatusLine } from "./progress.js";
import { table } from "./table.js";

/** `defcon-fiji model`: lists, installs, calibrates and describes models. */
export function modelCommand(): Command {
  const command = new Command("model").description("list, install, remove and describe models");
  command
    .command("list")
    .description("list the models that have a name, the default first")
    .option("--json", "print as JSON")
    .action(list);
  command
    .command("install")
    .description(
      "offer a model by name, here and in Fiji; with its card FILE.md and its picture FILE.png, if it has them",
    )
    .argument("<file>", "anything that import reads")
    .option("--name <name>", "what to call it (default: the file's name)")
    .option("--replace", "take the place of a model that was installed under that name")
    .action(install);
  command
    .command("default")
    .description("choose the model that counts where none is named")
    .argument("<name>")
    .action(setDefault);
  command.command("remove").description("remove an installed model").argument("<name>").action(remove);
  command
    .command("info")
    .description("layer table, parameters and provenance of a model")
    .argument("<model>", "an installed model's name or a model file")
    .option("--json", "print as JSON")
    .action(info);
  command
    .command("calibrate")
    .description(
      "measure how far a model's counts are to be trusted, on frames drawn by a plan, and write it into the model",
    )
    .argument("<model>", "a model file (.onnx)")
    .requiredOption("--simulate <plan>", "the plan (JSON) of frames like those that it was trained on")
    .option(
      "--frames <n>",
      "how many frames to measure on",
      numberThat(wholeNumber(CALIBRATION_FRAMES.least)),
      CALIBRATION_FRAMES.byItself,
    )
    .action(calibrateModel);
  return command;
}

async function calibrateModel(
  file: string,
  { simulate, frames }: { simulate: string; frames: number },
): Promise<void> {
  const path = await writablePath(file);
  const place = existsSync(path)
    ? await OutputPlace.claim(path, { kind: modelKind(NATIVE_FORMAT), force: true })
    : undefined;
  const model = await readModel(path);
  const line = new StatusLine();
  const certainty = await interruptible("the model is as it was", async (signal) =>
    calibrate(await startEngine("auto"), model, simulate, {
      ...{ frames, signal },
      onProgress: (share) => line.show(() => `${(100 * share).toFixed(0)} % of the frames counted`),
    }).finally(() => line.clear()),
  );
  if (!certainty) {
    throw new InputError("INPUT_OPTION", {
      subject: path,
      expected: "a model that sees single frames",
      found: `one of ${model.architecture.name}`,
    });
  }
  await writeModel(path, { ...model, certainty }, NATIVE_FORMAT, {}, place);
  console.log(`${path} now tells how far its counts are to be trusted`);
}

/**
 * The file that a path or a link leads to. @throws InputError OUTPUT_WRITE before anything is
 * measured
 */
async function writablePath(file: string): Promise<string> {
  const path = await realpath(file).catch(() => file);
  try {
    await access(path, constants.W_OK);
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    if (!existsSync(path)) return path;
    throw new InputError("OUTPUT_WRITE", {
      subject: path,
      expected: "a model file that may be written",
      found: messageOf(cause),
      advice: "Calibrate a copy of it.",
      cause,
    });
  }
  return path;
}

async function info(nameOrPath: string, { json }: { json?: boolean }): Promise<void> {
  const { name, path } = await findModel(nameOrPath, []);
  const model = await readModel(path);
  const { architecture, provenance, pool, certainty } = model;
  const layers = describeLayers(architecture);
  const parameters = parameterCount(architecture);
  if (json) {
    console.log(
      JSON.stringify({
        ...{ name, path, architecture: architecture.name, parameters, pool, provenance, layers },
        trainedOn: certainty?.trainedOn ?? null,
      }),
    );
    return;
  }
  console.log(`${name} (${path})`);
  console.log(`${architecture.name}: ${architecture.description}, ${parameters} parameters\n`);
  console.log(
    table(
      layers.map((layer) => Object.values(layer).map(String)),
      Object.keys(layers[0] ?? {}),
    ),
  );
  console.log(`\nmax local count over ${pool} x ${pool} pixels`);
  for (const [key, value] of Object.entries(provenance)) console.log(`${key}: ${value}`);
  if (!certainty) return;
  console.log(`how far to trust its counts was measured on ${certainty.frames} frames, whose settings were`);
  for (const [name, [least, most]] of Object.entries(certainty.trainedOn)) {
    const setting = SETTINGS[name as keyof typeof SETTINGS] as { unit?: string } | undefined;
    const [from, to] = [least, most].map((value) => Number(value.toPrecision(4)));
    console.log(`  ${name}: ${from === to ? from : `${from} to ${to}`} ${setting?.unit ?? ""}`.trimEnd());
  }
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const models = await new ModelLibrary().list();
  const rows = await Promise.all(
    models.map(async ({ name, path, origin }, i) => {
      const found = await readModel(path).then(
        ({ architecture }) => ({ architecture: architecture.name, parameters: parameterCount(architecture) }),
        (error: unknown) => ({ problem: messageOf(error) }),
      );
      return { name, isDefault: i === 0, origin, path, ...found };
    }),
  );
  if (json) {
    console.log(JSON.stringify(rows));
    return;
  }
  const cells = rows.map((row) => [
    row.name,
    row.isDefault ? "default" : "",
    "problem" in row ? "unreadable" : row.architecture,
    "problem" in row ? "" : String(row.parameters),
    row.origin,
    row.path,
  ]);
  console.log(table(cells, ["name", "", "architecture", "parameters", "from", "file"]));
}

async function install(file: string, options: { name?: string; replace?: boolean }): Promise<void> {
  const { name, path } = await new ModelLibrary().install(file, options);
  console.log(`installed ${name}: ${path}`);
}

async function setDefault(name: string): Promise<void> {
  await new ModelLibrary().setDefault(name);
  console.log(`${name} counts where no model is named`);
}

async function remove(name: string): Promise<void> {
  await new ModelLibrary().remove(name);
  console.log(`removed ${name}`);
}
