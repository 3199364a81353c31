import { basename } from "node:path";
import { Command, Option } from "commander";
import { isCancelled, untilCancelled } from "../base/cancelled.js";
import { DefconError, InputError } from "../base/errors.js";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import { hasPositions, positionOf } from "../frames/frame-position.js";
import { openOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import { CertaintySummary } from "../predict/certainty-summary.js";
import { type FrameRange, frameRange } from "../predict/frame-range.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import { DENSITY_KINDS, type OutputPaths, outputPaths, StackResults } from "../predict/outputs.js";
import type { Wanted } from "../predict/prediction.js";
import { Predictor } from "../predict/predictor.js";
import { newRecording } from "../predict/recording-certainty.js";
import { predictStack } from "../predict/stack.js";
import { tellEngine, withEngineOptions } from "./engine-option.js";
import { interruptible } from "./interrupt.js";
import { forceOption, numberThat, STACK_KINDS } from "./options.js";
import { predictFollowing } from "./predict-following.js";
import { jsonLine, type PredictOptions, wantedOf } from "./predict-options.js";
import { ProgressLine } from "./progress.js";
import { askedFrames, shardOf } from "./range-options.js";
import { withReadingOptions } from "./reading-options.js";
import { report } from "./report-error.js";

/** `defcon-fiji predict`: writes density maps and counts of stacks. */
export function predictCommand(): Command {
  const command = new Command("predict")
    .description("count the emitters in every frame of stacks: NAME.density.tif and NAME.counts.csv for each")
    .argument("<frames...>", `stacks: ${STACK_KINDS}; arrays: FILE.npy, FILE.npz:NAME, FILE.h5:PATH`)
    .option(
      "-m, --model <model>",
      "an installed model's name or a model file (default: the default model, see model list)",
    )
    .option("-o, --output <folder>", "where results go (default: beside each input)")
    .option("--index <n>", "count only this frame, from 1", numberThat(wholeNumber(1)))
    .addOption(
      new Option("--frames <range>", "count only these frames, from 1: 101-200, or 101- to the end")
        .argParser(askedFrames)
        .conflicts("index"),
    )
    .addOption(
      new Option(
        "--shard <i/n>",
        "count only the i-th of n equal parts; the results have it in their names, and join joins them",
      )
        .argParser(shardOf)
        .conflicts("index"),
    )
    .option(
      "--pool <pixels>",
      "side of the square of the max local count (default: the model's, 7)",
      numberThat(wholeNumber(1)),
    )
    .addOption(
      new Option("--as <kind>", "how density maps are written").choices(DENSITY_KINDS).default("tif"),
    )
    .addOption(
      new Option(
        "--follow",
        "count a recording that is still being written, frame by frame: a tif, a folder of NDTiff, of OME-Zarr, or of tifs with one image each; Ctrl-C ends it",
      ).conflicts(["index", "frames", "shard", "salvage"]),
    )
    .option("--idle <seconds>", "end --follow after so long without a new frame", numberThat(ABOVE_ZERO))
    .addOption(forceOption("earlier results"))
    .option("--json", "print one JSON line a frame")
    .action(predict);
  return withReadingOptions(withEngineOptions(command));
}

async function predict(inputs: string[], options: PredictOptions): Promise<void> {
  const outputs = outputPaths(inputs, options.output, options.as, options.shard);
  checkFollow(inputs, options);
  if (options.follow) return predictFollowing(inputs[0]!, outputs.get(inputs[0]!)!, options);
  await interruptible("the stack that was being counted left no files", (signal) =>
    predictAll(outputs, options, signal),
  );
}

/** @throws InputError INPUT_OPTION */
function checkFollow(inputs: readonly string[], { follow, idle }: PredictOptions): void {
  if (!follow && idle !== undefined) {
    throw new InputError("INPUT_OPTION", { subject: "--idle", expected: "--follow with it", found: "none" });
  }
  if (!follow || inputs.length === 1) return;
  throw new InputError("INPUT_OPTION", {
    subject: "--follow",
    expected: "one recording",
    found: `${inputs.length} inputs`,
    advice: "Follow each with a command of its own.",
  });
}

async function predictAll(
  outputs: Map<string, OutputPaths>,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const predictor = await Predictor.start(options);
  try {
    tellEngine(options, predictor);
    const model = await untilCancelled(predictor.load(options.model), signal);
    const wanted = wantedOf(model, options);
    if (!options.json) {
      console.error(`model ${model.name}, engine ${predictor.engine} on ${predictor.device}`);
    }
    let failed = 0;
    for (const [input, paths] of outputs) {
      try {
        await predictOne(model, input, paths, wanted, options, signal);
      } catch (error) {
        if (!(error instanceof DefconError) || isCancelled(error)) throw error;
        process.exitCode = Math.max(report(error), Number(process.exitCode ?? 0));
        failed++;
      }
    }
    if (failed > 0 && outputs.size > 1) {
      console.error(`${failed} of ${outputs.size} inputs ${failed === 1 ? "was" : "were"} not counted`);
    }
  } finally {
    await predictor.close();
  }
}

async function predictOne(
  model: LoadedModel,
  input: string,
  paths: OutputPaths,
  wanted: Wanted,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const stack = await openStack(input, openOptions(options));
  try {
    await predictFrames(model, stack, paths, wanted, options, signal);
  } finally {
    await stack.close();
  }
}

async function predictFrames(
  model: LoadedModel,
  stack: StackReader,
  paths: OutputPaths,
  wanted: Wanted,
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const range = rangeOf(stack, options);
  if (range.first === range.end) {
    const { path, info } = stack;
    console.error(`${path}: no frames for this shard: it has ${info.frames}`);
    return;
  }
  const results = await StackResults.create(paths, stack.info, range.end - range.first, options.force);
  const placed = hasPositions(stack.info);
  const summary = new CertaintySummary();
  const progress = new ProgressLine(basename(stack.path), range.end - range.first);
  try {
    for await (const frame of predictStack(model, stack, wanted, {
      ...range,
      signal,
    })) {
      summary.add(frame);
      await results.add(frame);
      if (options.json)
        console.log(jsonLine(stack.path, frame, placed ? positionOf(stack.info, frame.index) : undefined));
      else progress.advance();
    }
    await results.finish();
  } catch (error) {
    await results.abort();
    throw error;
  } finally {
    progress.clear();
  }
  for (const note of stack.notes) console.error(`${stack.path}: ${note}`);
  if (!options.json) {
    const frames = range.end - range.first;
    console.log(
      `${stack.path}: ${frames} ${frames === 1 ? "frame" : "frames"} at ${progress.rate.toFixed(1)} frames/s`,
    );
    for (const line of summary.lines()) console.log(`  ${line}`);
    console.log(`  ${paths.density}\n  ${paths.counts}`);
  }
}

/** A single frame is judged by itself, without the frames before it. */
function rangeOf(
  { path, info }: StackReader,
  { index, frames, shard }: PredictOptions,
): FrameRange & { recording?: number } {
  const stack = { path, frames: info.frames };
  if (index === undefined) return frameRange(stack, { frames, shard });
  return { ...frameRange(stack, { frames: { from: index, to: index } }), recording: newRecording() };
}
