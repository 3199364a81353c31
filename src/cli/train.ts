import { Command } from "commander";
import type { StepProgress, TrainingEvent } from "../train/events.js";
import { TrainingRun } from "../train/training-run.js";
import { tellEngine } from "./engine-option.js";
import { watchSignals } from "./interrupt.js";
import { forceOption } from "./options.js";
import { clock, StatusLine } from "./progress.js";
import { settingOptions, type TrainSettingOptions, trainingSettings } from "./train-options.js";

interface TrainOptions extends TrainSettingOptions {
  resume?: boolean;
  force?: boolean;
  json?: boolean;
}

/** `defcon-fiji train`: a model from a training set. */
export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a model: NAME.onnx, history.csv, loss curves and a checkpoint in the output folder")
    .argument("[config.ini]", "a configuration file as the original DEFCoN reads it; options overrule it");
  for (const option of settingOptions()) command.addOption(option);
  return command
    .option("--resume", "go on where an interrupted training stopped")
    .addOption(forceOption("an earlier training's model and history"))
    .option("--json", "print one JSON line for each event")
    .action(train);
}

async function train(config: string | undefined, options: TrainOptions): Promise<void> {
  const settings = await trainingSettings(config, options);
  const line = new StatusLine();
  const onEvent = (event: TrainingEvent) => {
    if (event.event === "started") tellEngine(options, event);
    if (options.json) console.log(JSON.stringify(event));
    else show(event, line);
  };
  const run = TrainingRun.start(settings, options.resume ?? false, onEvent, options.force);
  let interrupts = 0;
  const onInterrupt = () => {
    // The user asked twice, and does not want to wait. Files are whole at any moment.
    // An ordinary exit in the middle of the engine's work would abort with noise.
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
        `${stage} epoch ${epoch}: loss ${digits(loss)}${Number.isNaN(validationLoss) ? "" : `, validation ${digits(validationLoss)}`}${event.best ? ", the lowest" : ""} (${seconds.toFixed(1)} s)`,
      );
      break;
    }
    case "note":
      line.print(`note: ${event.text}`);
      break;
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
