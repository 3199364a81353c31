import { Command } from "commander";
import { messageOf } from "../base/errors.js";
import { readModel } from "../formats/registry.js";
import { describeLayers } from "../model/layer-table.js";
import { parameterCount } from "../model/weights.js";
import { ModelLibrary } from "../predict/model-library.js";
import { findModel } from "../predict/models.js";
import { table } from "./table.js";

/** `defcon-fiji model`: the models that go by a name, and what is in model files. */
export function modelCommand(): Command {
  const command = new Command("model").description(
    "list, install and remove the models that go by a name, and look into model files",
  );
  command
    .command("list")
    .description("the models that go by a name, the default first")
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
  return command;
}

async function info(nameOrPath: string, { json }: { json?: boolean }): Promise<void> {
  const { name, path } = await findModel(nameOrPath, []);
  const model = await readModel(path);
  const { architecture, provenance, pool } = model;
  const layers = describeLayers(architecture);
  const parameters = parameterCount(architecture);
  if (json) {
    console.log(
      JSON.stringify({ name, path, architecture: architecture.name, parameters, pool, provenance, layers }),
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
