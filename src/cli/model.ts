import { Command } from "commander";
import { readModel } from "../formats/registry.js";
import { describeLayers } from "../model/layer-table.js";
import { parameterCount } from "../model/weights.js";
import { findModel } from "../predict/models.js";
import { table } from "./table.js";

/** `defcon-fiji model`: looks into model files. */
export function modelCommand(): Command {
  const command = new Command("model").description("look into model files");
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
