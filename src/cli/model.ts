import { Command } from "commander";
import { readModel } from "../formats/registry.js";
import { describeLayers } from "../model/layer-table.js";
import { parameterCount } from "../model/weights.js";
import { findModel } from "../predict/models.js";

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

/** Rows under their heads in columns of even width. */
function table(rows: string[][], heads: string[]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
