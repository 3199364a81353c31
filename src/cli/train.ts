import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import { TrainingError } from "../base/errors.js";
import { given } from "../base/given.js";
import { DEVICES, type Device, type EngineName } from "../engine/engine.js";
import { DENSITY_LOSSES, type DensityLoss } from "../graph/losses.js";
import { ARCHITECTURES } from "../model/architectures.js";
import { readConfigFile } from "../train/config-file.js";
import type { StepProgress, TrainingEvent } from "../train/events.js";
import {
  RULES,
  SIMULATED_DEFAULT,
  SIMULATED_TRAINING_DEFAULTS,
  type SimulatedLength,
  type StageSettings,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../train/settings.js";
import { TrainingRun } from "../train/training-run.js";
import { engineOption, tellEngine } from "./engine-option.js";
import { watchSignals } from "./interrupt.js";
import { numberThat } from "./options.js";
import { clock, StatusLine } from "./progress.js";

interface TrainOptions extends Partial<StageSettings> {
  set?: string;
  simulate?: string;
  samples?: number;
  minutes?: number;
  output?: string;
  name?: string;
  resume?: boolean;
  init?: string;
  freeze?: string[];
  architecture?: string;
  both?: boolean;
  endToEnd?: boolean;
  loss?: DensityLoss;
  lambda?: number;
  patience?: number;
  seed?: number;
  augment?: boolean;
  dropout?: boolean;
  engine?: EngineName;
  device?: Device;
  json?: boolean;
}

const { segmentation: stage, density } = TRAINING_DEFAULTS;
const { density: simulated } = SIMULATED_TRAINING_DEFAULTS;

/** `defcon-fiji train`: a model from a training set. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train a model: NAME.onnx, history.csv, loss curves and a checkpoint in the output folder")
    .argument("[config.ini]", "a configuration file as the original DEFCoN reads it; options overrule it")
    .option("--set <file.h5>", "the training set")
    .addOption(
      new Option("--simulate <plan.json>", "simulate every sample anew instead, by a plan").conflicts("set"),
    )
    .addOption(
      new Option("--samples <n>", "how many samples to simulate, in each stage")
        .argParser(numberThat(RULES.samples))
        .conflicts("minutes"),
    )
    .option(
      "--minutes <n>",
      `as many as this machine trains on in about that time (default: ${SIMULATED_DEFAULT.minutes})`,
      numberThat(RULES.minutes),
    )
    .option("-o, --output <folder>", "where the model goes")
    .option("--name <name>", "name of the model (default: the architecture's)")
    .addOption(
      new Option(
        "--architecture <name>",
        `the network to train (default: ${TRAINING_DEFAULTS.architecture})`,
      ).choices([...ARCHITECTURES.keys()]),
    )
    .option("--resume", "go on where an interrupted training stopped")
    .option("--init <model>", "start from a model's weights")
    .option(
      "--freeze <layers...>",
      "keep the weights of these layers, or of all that lead to: segmentation, density",
    )
    .option(
      "--both",
      "train both heads together instead of one after the other; on simulated samples this is the default",
    )
    .addOption(new Option("--end-to-end", "train all layers for the density map alone").conflicts("both"))
    .option("--epochs <n>", `most epochs of a stage (default: ${stage.epochs})`, numberThat(RULES.epochs))
    .option(
      "--batch-size <n>",
      `samples of a step (default: ${stage.batchSize}; of simulated ones ${simulated.batchSize})`,
      numberThat(RULES.batchSize),
    )
    .option(
      "--learning-rate <r>",
      `step size of Adam (default: ${stage.learningRate})`,
      numberThat(RULES.learningRate),
    )
    .option(
      "--final-learning-rate <r>",
      "what it falls to until the stage's last epoch (default: it stays)",
      numberThat(RULES.finalLearningRate),
    )
    .option(
      "--validation-split <share>",
      `share of the samples, the last ones, to validate with (default: ${stage.validationSplit})`,
      numberThat(RULES.validationSplit),
    )
    .addOption(
      new Option(
        "--loss <loss>",
        `loss of the density map (default: ${density.loss}; on simulated samples ${simulated.loss})`,
      ).choices(DENSITY_LOSSES),
    )
    .option(
      "--lambda <weight>",
      `weight of its second term (default: ${density.lambda}; on simulated samples ${simulated.lambda})`,
      numberThat(RULES.lambda),
    )
    .option(
      "--patience <n>",
      `end a stage after so many epochs without a lower validation loss (default: ${TRAINING_DEFAULTS.patience})`,
      numberThat(RULES.patience),
    )
    .option(
      "--seed <n>",
      `the same seed gives the same model (default: ${TRAINING_DEFAULTS.seed})`,
      numberThat(RULES.seed),
    )
    .option("--augment", "change the samples at random each time they are used")
    .option("--no-dropout", "train without dropout, for sets so large that it only blurs")
    .addOption(engineOption())
    .addOption(
      new Option("--device <device>", "where to compute").choices(DEVICES).default(undefined, "auto"),
    )
    .option("--json", "print one JSON line for each event")
    .action(train);
}

async function train(config: string | undefined, options: TrainOptions): Promise<void> {
  const settings = await settingsOf(config, options);
  const line = new StatusLine();
  const run = TrainingRun.start(settings, options.resume ?? false, (event) => {
    if (event.event === "started") tellEngine(options.engine, event);
    if (options.json) console.log(JSON.stringify(event));
    else show(event, line);
  });
  let interrupts = 0;
  const onInterrupt = () => {
    // Whoever asks twice does not want to wait; files are whole at any moment, and an exit in the middle of the engine's work would abort with noise.
    if (++interrupts > 1) process.kill(process.pid, "SIGKILL");
    run.cancel();
  };
  const unwatch = watchSignals(onInterrupt);
  try {
    await run.finished;
  } finally {
    line.clear();
    unwatch();
  }
}

async function settingsOf(config: string | undefined, options: TrainOptions): Promise<TrainingSettings> {
  const base = config === undefined ? undefined : await readConfigFile(config);
  if (base?.ignored.length) console.error(`${config}: passed over ${base.ignored.join(", ")}`);
  const set = options.simulate ?? options.set ?? base?.settings.set;
  const output = options.output ?? base?.settings.output;
  if (set === undefined || output === undefined) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: "train",
      expected: "a configuration file, or --set FILE.h5 or --simulate PLAN.json, and --output FOLDER",
      found: set === undefined ? "no training set" : "no output folder",
    });
  }
  checkOptions(options);
  const defaults = options.simulate === undefined ? TRAINING_DEFAULTS : SIMULATED_TRAINING_DEFAULTS;
  const from = base?.settings ?? { ...defaults, checkpoints: output };
  const stageOptions = given({
    epochs: options.epochs,
    batchSize: options.batchSize,
    learningRate: options.learningRate,
    finalLearningRate: options.finalLearningRate,
    validationSplit: options.validationSplit,
  });
  return {
    ...from,
    set: resolve(set),
    ...(options.simulate !== undefined && { simulate: simulatedLength(options) }),
    output: resolve(output),
    checkpoints: resolve(options.output ?? from.checkpoints),
    segmentation: { ...from.segmentation, ...stageOptions },
    density: { ...from.density, ...stageOptions, ...given({ loss: options.loss, lambda: options.lambda }) },
    ...given({
      name: options.name ?? options.architecture,
      architecture: options.architecture,
      init: options.init,
      freeze: options.freeze,
      order: options.both ? ("both" as const) : options.endToEnd ? ("end-to-end" as const) : undefined,
      patience: options.patience,
      seed: options.seed,
      augment: options.augment,
      dropout: options.dropout === false ? false : undefined,
      engine: options.engine,
      device: options.device,
    }),
  };
}

/** @throws TrainingError TRAINING_CONFIG for options that mean nothing, or more than they may */
function checkOptions(options: TrainOptions): void {
  if (options.simulate === undefined && (options.samples ?? options.minutes) !== undefined) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: options.samples === undefined ? "--minutes" : "--samples",
      expected: "a plan that samples are simulated by: --simulate PLAN.json",
      found: "none",
      advice: "The length of a training on a set is said by --epochs.",
    });
  }
  if (options.name !== undefined && basename(options.name) !== options.name) {
    throw new TrainingError("TRAINING_CONFIG", {
      subject: "--name",
      expected: "the name of a file without its folder",
      found: options.name,
      advice: "The folder is said by --output.",
    });
  }
}

function simulatedLength({ samples, minutes }: TrainOptions): SimulatedLength {
  return samples === undefined ? { minutes: minutes ?? SIMULATED_DEFAULT.minutes! } : { samples };
}

function show(event: TrainingEvent, line: StatusLine): void {
  switch (event.event) {
    case "started": {
      const { samples, validation, width, height, engine, device, parameters, resumed } = event;
      line.print(
        `${samples - validation} samples of ${width}x${height} to train on, ${validation} to validate with; ${parameters} parameters; ${engine} on ${device}`,
      );
      if (resumed > 0) line.print(`going on after ${resumed} epochs`);
      break;
    }
    case "step": {
      line.show(() => stepText(event.progress), event.progress.batch === event.progress.batches);
      break;
    }
    case "epoch": {
      const { stage, epoch, loss, validationLoss, seconds } = event.record;
      line.print(
        `${stage} epoch ${epoch}: loss ${digits(loss)}, validation ${digits(validationLoss)}${event.best ? ", the lowest" : ""} (${seconds.toFixed(1)} s)`,
      );
      break;
    }
    case "finished":
      line.print(`wrote ${event.model}`);
  }
}

function stepText(progress: StepProgress): string {
  const { stage, epoch, epochs, batch, batches, loss, samplesPerSecond, secondsLeft } = progress;
  const share = `${bar(batch / batches)} ${batch}/${batches}`;
  const rate = `${samplesPerSecond.toFixed(0)} samples/s`;
  return `${stage} ${epoch}/${epochs}  ${share}  loss ${digits(loss)}  ${rate}  ${clock(secondsLeft)} left`;
}

const BAR_LENGTH = 20;

function bar(share: number): string {
  const full = Math.round(share * BAR_LENGTH);
  return `[${"=".repeat(full)}${" ".repeat(BAR_LENGTH - full)}]`;
}

function digits(value: number): string {
  return value.toPrecision(4);
}
