import { basename } from "node:path";
import { Command, Option } from "commander";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import { joinShards, type Shards } from "../predict/join.js";
import { DENSITY_KINDS, type DensityKind, type OutputPaths, outputPaths } from "../predict/outputs.js";
import { interruptible } from "./interrupt.js";
import { forceOption, numberThat, STACK_KINDS } from "./options.js";
import { ProgressLine } from "./progress.js";
import { SHARDS_RULE } from "./range-options.js";
import { withReadingOptions } from "./reading-options.js";

interface JoinCommandOptions extends OpenOptions {
  shards: number;
  output?: string;
  parts?: string;
  as: DensityKind;
  force?: boolean;
}

/** `defcon-fiji join`: makes one result of those of `predict --shard`. */
export function joinCommand(): Command {
  const command = new Command("join")
    .description(
      "join the results of predict --shard: the files are those of one run, byte for byte; the shards' stay",
    )
    .argument("<frames...>", `the stacks that were counted: ${STACK_KINDS}`)
    .requiredOption("--shards <n>", "number of shards of each stack", numberThat(SHARDS_RULE))
    .option("-o, --output <folder>", "where the joined results go (default: beside each input)")
    .option("--parts <folder>", "where the shards' results are (default: where the joined ones go)")
    .addOption(
      new Option("--as <kind>", "how density maps were written").choices(DENSITY_KINDS).default("tif"),
    )
    .addOption(forceOption("earlier results"))
    .action(join);
  return withReadingOptions(command);
}

async function join(inputs: string[], options: JoinCommandOptions): Promise<void> {
  await interruptible("the stack that was being joined left no files", async (signal) => {
    for (const [input, to] of outputPaths(inputs, options.output, options.as)) {
      await joinOne(input, to, options, signal);
    }
  });
}

async function joinOne(
  input: string,
  to: OutputPaths,
  { shards: of, output, parts = output, as, force, ...reading }: JoinCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const shards: Shards = {
    of,
    filesOf: (shard) => outputPaths([input], parts, as, shard).get(input)!,
  };
  const stack = await openStack(input, openOptions(reading));
  const progress = new ProgressLine(basename(stack.path), stack.info.frames);
  try {
    await joinShards(stack, shards, to, { force: force ?? false, signal, onFrame: () => progress.advance() });
  } finally {
    progress.clear();
    await stack.close();
  }
  console.log(`${stack.path}: ${stack.info.frames} frames of ${of} shards\n  ${to.density}\n  ${to.counts}`);
}
