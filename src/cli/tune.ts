import { resolve } from "node:path";
import { Command } from "commander";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { resultName } from "../frames/open-stack.js";
import { findings } from "../tune/findings.js";
import { judgementRows } from "../tune/judgement-rows.js";
import { MISMATCH } from "../tune/likeness.js";
import type { TuneEvent } from "../tune/tune.js";
import { TUNING_DEFAULTS, TUNING_RULES, type TunedModelEvent } from "../tune/tuned-model.js";
import { TuningRun } from "../tune/tuning-run.js";
import { interruptible } from "./interrupt.js";
import { numberThat, STACK_KINDS } from "./options.js";
import { clock, StatusLine } from "./progress.js";
import { withReadingOptions } from "./reading-options.js";
import { table } from "./table.js";

interface TuneCommandOptions extends OpenOptions {
  minutes: number;
  output?: string;
  from?: string;
  pixelSize?: number;
  seed: number;
  replace?: boolean;
  json?: boolean;
}

/** `defcon-fiji tune`: a model for one microscope, from a recording without ground truth. */
export function tuneCommand(): Command {
  const command = new Command("tune")
    .description("adapt a model to your own recording: no ground truth is needed")
    .argument("<stacks...>", `stacks of one recording, raw frames as the camera gave them: ${STACK_KINDS}`)
    .option("--minutes <n>", "of training", numberThat(TUNING_RULES.minutes), TUNING_DEFAULTS.minutes)
    .option(
      "-o, --output <name>",
      "name of the model, and of the folder with its report (default: the stack's, with -tuned)",
    )
    .option("--from <model>", "the model to begin with (default: the one that counts where none is named)")
    .option(
      "--pixel-size <nm>",
      "side of a pixel, where the stack does not say it",
      numberThat(TUNING_RULES.pixelSize),
    )
    .option(
      "--seed <n>",
      "the same seed gives the same model",
      numberThat(TUNING_RULES.seed),
      TUNING_DEFAULTS.seed,
    )
    .option("--replace", "take the place of a model that was installed under that name")
    .option("--json", "print one JSON line for each event")
    .action(run);
  return withReadingOptions(command);
}

async function run(stacks: string[], options: TuneCommandOptions): Promise<void> {
  const output = options.output ?? `${resultName(stacks[0]!).stem}-tuned`;
  const line = new StatusLine();
  const settings = {
    stacks,
    folder: resolve(output),
    minutes: options.minutes,
    seed: options.seed,
    replace: options.replace ?? TUNING_DEFAULTS.replace,
    ...(options.from !== undefined && { from: options.from }),
    ...(options.pixelSize !== undefined && { pixelSize: options.pixelSize }),
    ...openOptions(options),
  };
  await interruptible("nothing was kept", async (signal) => {
    const tuning = TuningRun.start(settings, (event) => {
      if (options.json) console.log(JSON.stringify(event, withoutPixels));
      else show(event, line);
    });
    signal.addEventListener("abort", () => tuning.cancel(), { once: true });
    await tuning.finished.finally(() => line.clear());
  });
}

function show(event: TunedModelEvent, line: StatusLine): void {
  switch (event.event) {
    case "measuring":
      line.show(() => `${event.words}  ${(100 * event.share).toFixed(0)} %`);
      break;
    case "measured":
      for (const { title, text } of findings(event.measurement)) line.print(`${title}: ${text}`);
      break;
    case "note":
      line.print(event.text);
      break;
    case "compared": {
      const most = event.likenesses.find(({ difference }) => Math.abs(difference) === event.mismatch);
      const much = event.mismatch > MISMATCH.doubtful ? ": look at the report" : "";
      line.print(
        `recording and simulation differ by at most ${(100 * event.mismatch).toFixed(0)} %, in ${most?.title}${much}`,
      );
      break;
    }
    case "training": {
      const { progress } = event;
      if (progress.event === "step") {
        const { epoch, epochs, samplesPerSecond, secondsLeft, loss } = progress.progress;
        line.show(
          () =>
            `training, part ${epoch} of ${epochs}  loss ${loss.toPrecision(4)}  ${samplesPerSecond.toFixed(0)} frames/s  ${clock(secondsLeft)} left of it`,
        );
      } else if (progress.event === "epoch") {
        const { epoch, loss, validationLoss } = progress.record;
        line.print(`part ${epoch}: loss ${loss.toPrecision(4)}, validation ${validationLoss.toPrecision(4)}`);
      }
      break;
    }
    case "judged":
      line.clear();
      console.log(summary(event));
      break;
    case "installed":
      console.log(`installed ${event.name}; ${event.report} shows how it was made`);
  }
}

function summary({ judgement, cutShort }: Extract<TuneEvent, { event: "judged" }>): string {
  const rows = judgementRows(judgement).map(({ title, before, after }) => [title, before, after]);
  const end = cutShort ? "\nThe training was ended early; this is its best model." : "";
  return `${table(rows, ["", "before", "after"])}${end}`;
}

/** Replaces pictures in a line of JSON by their size. */
function withoutPixels(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : value;
}
