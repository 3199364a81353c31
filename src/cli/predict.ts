import { basename } from "node:path";
import { Command, Option } from "commander";
import { InputError } from "../base/errors.js";
import { wholeNumber } from "../base/number-rule.js";
import type { EngineName } from "../engine/engine.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import { CertaintySummary } from "../predict/certainty-summary.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import {
  DENSITY_KINDS,
  type DensityKind,
  type OutputPaths,
  outputPaths,
  StackResults,
} from "../predict/outputs.js";
import type { Wanted } from "../predict/prediction.js";
import { Predictor } from "../predict/predictor.js";
import { type CountedFrame, predictStack } from "../predict/stack.js";
import { engineOption, tellEngine } from "./engine-option.js";
import { interruptible } from "./interrupt.js";
import { numberThat } from "./options.js";
import { ProgressLine } from "./progress.js";

interface PredictOptions {
  model?: string;
  output?: string;
  index?: number;
  pool?: number;
  as: DensityKind;
  engine?: EngineName;
  json?: boolean;
}

/** `defcon-fiji predict`: writes density maps and counts of stacks. */
export function predictCommand(): Command {
  return new Command("predict")
    .description("count the emitters in every frame of stacks: NAME.density.tif and NAME.counts.csv for each")
    .argument(
      "<frames...>",
      "tif stacks of 8- or 16-bit unsigned or 32-bit float frames; NumPy arrays: FILE.npy, FILE.npz:NAME; arrays of HDF5 files: FILE.h5:PATH",
    )
    .option(
      "-m, --model <model>",
      "an installed model's name or a model file (default: the default model, see model list)",
    )
    .option("-o, --output <folder>", "where results go (default: beside each input)")
    .option("--index <n>", "count only this frame, from 1", numberThat(wholeNumber(1)))
    .option(
      "--pool <pixels>",
      "side of the square of the max local count (default: the model's, 7)",
      numberThat(wholeNumber(1)),
    )
    .addOption(
      new Option("--as <kind>", "how density maps are written").choices(DENSITY_KINDS).default("tif"),
    )
    .addOption(engineOption())
    .option("--json", "print one JSON line a frame")
    .action(predict);
}

async function predict(inputs: string[], options: PredictOptions): Promise<void> {
  const outputs = outputPaths(inputs, options.output, options.as);
  await interruptible("the stack that was being counted left no files", (signal) =>
    predictAll(outputs, options, signal),
  );
}

async function predictAll(
  outputs: Map<string, OutputPaths>,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const predictor = await Predictor.start({ engine: options.engine });
  try {
    tellEngine(options.engine, predictor);
    const model = await predictor.load(options.model);
    const wanted: Wanted = {
      density: true,
      maxLocalCount: true,
      pool: options.pool ?? model.summary.pool,
      certainty: true,
    };
    if (!options.json) {
      console.error(`model ${model.name}, engine ${predictor.engine} on ${predictor.device}`);
    }
    for (const [input, paths] of outputs) {
      const stack = await openStack(input);
      try {
        await predictOne(model, stack, paths, wanted, options, signal);
      } finally {
        await stack.close();
      }
    }
  } finally {
    await predictor.close();
  }
}

async function predictOne(
  model: LoadedModel,
  stack: StackReader,
  paths: OutputPaths,
  wanted: Wanted,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const range = frameRange(stack, options.index);
  const results = await StackResults.create(paths, stack.info, range.end - range.first);
  const summary = new CertaintySummary();
  const progress = new ProgressLine(basename(stack.path), range.end - range.first);
  try {
    for await (const frame of predictStack(model, stack, wanted, {
      ...range,
      signal,
    })) {
      summary.add(frame);
      await results.add(frame);
      if (options.json) console.log(jsonLine(stack.path, frame));
      else progress.advance();
    }
    await results.finish();
  } catch (error) {
    await results.abort();
    throw error;
  } finally {
    progress.clear();
  }
  if (!options.json) {
    const frames = range.end - range.first;
    console.log(
      `${stack.path}: ${frames} ${frames === 1 ? "frame" : "frames"} at ${progress.rate.toFixed(1)} frames/s`,
    );
    for (const line of summary.lines()) console.log(`  ${line}`);
    console.log(`  ${paths.density}\n  ${paths.counts}`);
  }
}

function frameRange({ path, info }: StackReader, index: number | undefined): { first: number; end: number } {
  if (index === undefined) return { first: 0, end: info.frames };
  if (index <= info.frames) return { first: index - 1, end: index };
  throw new InputError("INPUT_OPTION", {
    subject: `--index ${index}`,
    expected: `a frame from 1 to ${info.frames}`,
    found: `${path} with ${info.frames} frames`,
  });
}

function jsonLine(file: string, { index, count, maxLocalCount, certainty }: CountedFrame): string {
  return JSON.stringify({
    ...{ file, frame: index + 1, count, max_local_count: maxLocalCount },
    ...(certainty && {
      count_error: certainty.countError,
      max_local_count_error: certainty.maxLocalCountError,
      away_from_spots: certainty.away,
      unlike_training: certainty.unlike,
    }),
  });
}
