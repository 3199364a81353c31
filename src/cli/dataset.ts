import { basename, resolve } from "node:path";
import { Command } from "commander";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import {
  type Added,
  addInput,
  addSet,
  addTarget,
  LEAST_SIGMA,
  MAP_DEFAULTS,
  MAP_NUMBERS,
  type MapOptions,
} from "../dataset/add.js";
import { COMPACT_DEFAULTS, compactSet } from "../dataset/compact.js";
import { DatasetWriter } from "../dataset/dataset-writer.js";
import { SET_GROUPS } from "../dataset/layout.js";
import { readSimulatedSetPlan } from "../dataset/simulated-plan.js";
import { writeSimulatedSet } from "../dataset/simulated-set.js";
import { summariseSet } from "../dataset/summary.js";
import { writeGroundTruth } from "../dataset/truth/ground-truth.js";
import { type TableOptions, tableOptions } from "../dataset/truth/truth-columns.js";
import { BRIGHTNESS_THRESHOLD } from "../dataset/truth/truth-table.js";
import type { WorkOptions } from "../dataset/work.js";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { interruptible } from "./interrupt.js";
import { forceOption, numberThat, STACK_KINDS } from "./options.js";
import { ProgressLine } from "./progress.js";
import { withFlags, withReadingOptions } from "./reading-options.js";
import { table } from "./table.js";
import { tellWarnings, withTableOptions } from "./truth-options.js";

interface TruthCommandOptions extends TableOptions {
  threshold?: number;
  sigma: number;
  segThreshold: number;
}

interface CompactCommandOptions {
  output: string;
  shuffle: boolean;
  augment?: number | true;
  temporal?: boolean;
  seed: number;
  force?: boolean;
}

/** `defcon-fiji dataset`: makes training sets. */
export function datasetCommand(): Command {
  const command = new Command("dataset").description(
    "make training sets (HDF5) from frames and ground truth",
  );
  const commands = [
    newCommand(),
    addCommand(),
    addInputCommand(),
    addTargetCommand(),
    summaryCommand(),
    compactCommand(),
    simulateSetCommand(),
    groundTruthCommand(),
  ];
  for (const each of commands) command.addCommand(each);
  return command;
}

const FRAMES_ARGUMENT = [
  "<frames>",
  `a stack: ${STACK_KINDS}; or FILE.h5:PATH of an array (N, H, W)`,
] as const;

function newCommand(): Command {
  return new Command("new")
    .description("begin a training set")
    .argument("<file.h5>")
    .addOption(forceOption("an earlier training set"))
    .action(create);
}

function addCommand(): Command {
  const command = withTruthOptions(
    new Command("add")
      .description("add a stack of frames and the table of its emitters")
      .argument("<file.h5>")
      .argument("<name>", "what to call this part of the set")
      .argument(...FRAMES_ARGUMENT)
      .argument(
        "<truth.csv>",
        "columns frame, x, y and possibly brightness; also other programs' tables, and Picasso's .hdf5",
      ),
  );
  return withReadingOptions(command).action(
    (file: string, name: string, frames: string, truth: string, options: TruthCommandOptions & OpenOptions) =>
      add(name, (work) =>
        addSet(file, name, frames, truth, { ...mapOptions(options), ...openOptions(options), ...work }),
      ),
  );
}

function addInputCommand(): Command {
  const command = new Command("add-input")
    .description("add the frames of a part alone")
    .argument("<file.h5>")
    .argument("<name>")
    .argument(...FRAMES_ARGUMENT);
  return withReadingOptions(command).action(
    (file: string, name: string, frames: string, options: OpenOptions) =>
      add(name, (work) => addInput(file, name, frames, { ...openOptions(options), ...work })),
  );
}

function addTargetCommand(): Command {
  return withTruthOptions(
    new Command("add-target")
      .description("add the density maps of a part, and the segmentation maps that follow from them")
      .argument("<file.h5>")
      .argument("<name>")
      .argument("<maps>", "FILE.h5:PATH of density maps, or a table of emitters of frames that are there"),
  ).action((file: string, name: string, maps: string, options: TruthCommandOptions) =>
    add(name, (work) => addTarget(file, name, maps, { ...mapOptions(options), ...work })),
  );
}

function summaryCommand(): Command {
  return new Command("summary")
    .description("what a training set holds, and whether a training can read it")
    .argument("<file.h5>")
    .option("--json", "print as JSON")
    .action(summary);
}

function compactCommand(): Command {
  return new Command("compact")
    .description("join all parts in one order of samples, as trainings read them best")
    .argument("<file.h5>")
    .requiredOption("-o, --output <out.h5>", "the file to write")
    .option("--no-shuffle", "keep the order of the parts' names and of their frames")
    .option(
      "--augment [n]",
      "write each sample n times (1), each cropped and changed at random; makes sizes equal",
      numberThat(wholeNumber(1)),
    )
    .option("--temporal", "samples of three consecutive frames")
    .option("--seed <n>", "of all that is random", numberThat(wholeNumber(0)), COMPACT_DEFAULTS.seed)
    .addOption(forceOption("an earlier training set"))
    .action(compact);
}

function simulateSetCommand(): Command {
  return new Command("simulate")
    .description("make a training set of many short simulations, each of settings drawn at random")
    .argument("<plan.json>", "how many, and between which settings; models/broad-set.json is one")
    .requiredOption("-o, --output <set.h5>", "the file to write")
    .addOption(forceOption("an earlier training set"))
    .action(simulateSet);
}

function groundTruthCommand(): Command {
  return new Command("ground-truth")
    .description("make the table of emitters from a simulation's logs of states and positions")
    .argument("<states.csv>", "columns id, on, off: times in frames from the start of the first frame")
    .argument("<positions.csv>", "columns id, x, y and possibly z, in pixels")
    .requiredOption("-o, --output <truth.csv>", "the file to write")
    .option("--exposure <seconds>", "times are in seconds, and a frame takes so long", numberThat(ABOVE_ZERO))
    .addOption(forceOption("an earlier table of ground truth"))
    .action(groundTruth);
}

function withTruthOptions(command: Command): Command {
  const { sigma, segThreshold } = MAP_DEFAULTS;
  command
    .option(
      "--threshold <brightness>",
      `keep emitters that are brighter, in the table's unit (default: ${BRIGHTNESS_THRESHOLD} photons)`,
      numberThat(MAP_NUMBERS.threshold),
    )
    .option(
      "--sigma <pixels>",
      `standard deviation of an emitter's density, at least ${LEAST_SIGMA} (the original takes its variance)`,
      numberThat(MAP_NUMBERS.sigma),
      sigma,
    )
    .option(
      "--seg-threshold <density>",
      "density above which a pixel is an emitter's",
      numberThat(MAP_NUMBERS.segThreshold),
      segThreshold,
    );
  return withTableOptions(command, "side of a pixel, for positions in nm, if the stack does not say it");
}

function mapOptions({ threshold, sigma, segThreshold, ...table }: TruthCommandOptions): MapOptions {
  return { ...given({ threshold }), sigma, segThreshold, ...tableOptions(table) };
}

async function create(path: string, { force }: { force?: boolean }): Promise<void> {
  const writer = await DatasetWriter.create(path, force);
  await writer.commit();
  console.log(`${path}: a training set without frames yet`);
}

async function add(name: string, work: (options: WorkOptions) => Promise<Added>): Promise<void> {
  const { samples, width, height, notes, truth } = await watched(name, "the training set is as it was", work);
  console.log(`${name}: ${samples} frames of ${width} x ${height}`);
  for (const note of notes) console.log(`  ${note}`);
  if (!truth) return;
  const dropped = truth.dropped > 0 ? `, ${truth.dropped} too dim` : "";
  console.log(`  ${truth.kept} emitters${dropped}; table read as ${truth.format}`);
  for (const note of truth.notes) console.log(`  ${note}`);
  tellWarnings(truth.warnings);
}

/**
 * Shows the progress of work and lets the user interrupt it. @param left what is left then, in
 * words
 */
function watched<T>(label: string, left: string, work: (options: WorkOptions) => Promise<T>): Promise<T> {
  return interruptible(left, async (signal) => {
    let progress: ProgressLine | undefined;
    try {
      return await work({
        signal,
        onStart: (steps) => {
          progress = new ProgressLine(label, steps);
        },
        onStep: () => progress?.advance(),
      });
    } finally {
      progress?.clear();
    }
  });
}

async function summary(path: string, { json }: { json?: boolean }): Promise<void> {
  const found = await watched(basename(path), "nothing was written", (work) => summariseSet(path, work));
  if (json) {
    console.log(JSON.stringify(found));
    return;
  }
  console.log(path);
  if (found.sets.length > 0) {
    const rows = found.sets.map(({ name, width, height, framesPerSample, lengths }) => [
      name,
      `${width} x ${height}${framesPerSample === 3 ? " x 3 frames" : ""}`,
      ...SET_GROUPS.map((group) => String(lengths[group] ?? "-")),
    ]);
    console.log(table(rows, ["name", "size", ...SET_GROUPS]));
  }
  for (const note of found.notes) console.log(note);
  console.log(
    found.trouble
      ? `cannot be trained on: ${withFlags(found.trouble)}`
      : `${found.samples} samples to train on`,
  );
}

async function compact(path: string, options: CompactCommandOptions): Promise<void> {
  const { output, shuffle, augment, temporal = false, seed, force } = options;
  const { samples, width, height, framesPerSample } = await watched(
    basename(output),
    `${output} was not written`,
    (work) =>
      compactSet(path, output, {
        ...work,
        shuffle,
        augment: augment === true ? 1 : (augment ?? 0),
        ...{ temporal, seed, force },
      }),
  );
  const kind = framesPerSample === 3 ? "samples of 3 frames" : "samples";
  console.log(`${output}: ${samples} ${kind} of ${width} x ${height}`);
}

async function simulateSet(
  planPath: string,
  { output, force }: { output: string; force?: boolean },
): Promise<void> {
  const plan = await readSimulatedSetPlan(planPath);
  if (resolve(output) === resolve(planPath)) {
    throw new InputError("INPUT_OPTION", {
      subject: `--output ${output}`,
      expected: "another file than the plan",
      found: "the plan itself",
    });
  }
  const samples = await watched(basename(output), `${output} was not written`, (work) =>
    writeSimulatedSet(output, plan, { ...work, force }),
  );
  console.log(`${output}: ${samples} samples of ${plan.side} x ${plan.side}, of ${plan.runs} simulations`);
}

async function groundTruth(
  states: string,
  positions: string,
  { output, exposure, force }: { output: string; exposure?: number; force?: boolean },
): Promise<void> {
  const rows = await interruptible(`${output} was not written`, (signal) =>
    writeGroundTruth(states, positions, output, { ...given({ exposure, force }), signal }),
  );
  console.log(`${output}: ${rows} rows`);
}
