import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { InputError } from "../base/errors.js";
import { ModelLibrary } from "../predict/model-library.js";
import { RULES, TRAINING_DEFAULTS } from "../train/settings.js";
import { findings } from "../tune/findings.js";
import { judgementRows } from "../tune/judgement-rows.js";
import { MISMATCH } from "../tune/likeness.js";
import { TUNING_FILES, type TuneEvent, type Tuning, tune } from "../tune/tune.js";
import { interruptible } from "./interrupt.js";
import { numberThat, positiveNumber } from "./options.js";
import { clock, StatusLine } from "./progress.js";
import { table } from "./table.js";

interface TuneCommandOptions {
  minutes: number;
  output?: string;
  from?: string;
  pixelSize?: number;
  seed: number;
  replace?: boolean;
  json?: boolean;
}

/** Of training, where nothing is said. */
const MINUTES = 5;

/** `defcon-fiji tune`: a model for one microscope, from a recording without ground truth. */
export function tuneCommand(): Command {
  return new Command("tune")
    .description("adapt a model to your own recording: no ground truth is needed")
    .argument("<stacks...>", "tif stacks of one recording, raw frames as the camera gave them")
    .option("--minutes <n>", "of training", numberThat(RULES.minutes), MINUTES)
    .option(
      "-o, --output <name>",
      "name of the model, and of the folder with its report (default: the stack's, with -tuned)",
    )
    .option("--from <model>", "the model to begin with (default: the one that counts where none is named)")
    .option("--pixel-size <nm>", "side of a pixel, where the stack does not say it", positiveNumber)
    .option(
      "--seed <n>",
      "the same seed gives the same model",
      numberThat(RULES.seed),
      TRAINING_DEFAULTS.seed,
    )
    .option("--replace", "take the place of a model that was installed under that name")
    .option("--json", "print one JSON line for each event")
    .action(run);
}

async function run(stacks: string[], options: TuneCommandOptions): Promise<void> {
  const output = options.output ?? `${basename(stacks[0]!).replace(/\.[^.]*$/, "")}-tuned`;
  const name = basename(resolve(output));
  const library = new ModelLibrary();
  await library.checkName(name, options.replace ?? false);
  const line = new StatusLine();
  const tuning = await interruptible("nothing was kept", (signal) =>
    tune({
      stacks,
      name,
      folder: resolve(output),
      minutes: options.minutes,
      seed: options.seed,
      signal,
      ...(options.from !== undefined && { from: options.from }),
      ...(options.pixelSize !== undefined && { pixelSize: options.pixelSize }),
      onEvent: (event) => {
        if (options.json) console.log(JSON.stringify(event, withoutPixels));
        else show(event, line);
      },
    }).finally(() => line.clear()),
  );
  const report = join(output, TUNING_FILES.page);
  const { objections } = tuning.judgement;
  if (!options.json) console.log(summary(name, tuning));
  if (objections.length > 0) {
    throw new InputError("INPUT_UNMEASURABLE", {
      subject: `model ${name}`,
      expected: "a model that counts this recording better than the one it was tuned from",
      found: objections.join("; "),
      advice: `It was not installed. Look at ${report}; \`defcon-fiji model install ${tuning.model}\` installs it all the same.`,
    });
  }
  await library.install(tuning.model, { name, replace: options.replace ?? false });
  if (options.json) console.log(JSON.stringify({ event: "installed", name, report }));
  else console.log(`installed ${name}; ${report} shows how it was made`);
}

function show(event: TuneEvent, line: StatusLine): void {
  switch (event.event) {
    case "measuring":
      line.show(() => `${event.words}  ${(100 * event.share).toFixed(0)} %`);
      break;
    case "measured":
      for (const { title, text } of findings(event.measurement)) line.print(`${title}: ${text}`);
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
      break;
  }
}

function summary(name: string, { judgement, cutShort }: Tuning): string {
  const rows = judgementRows(judgement).map(({ title, before, after }) => [title, before, after]);
  return `${table(rows, ["", "before", name])}${cutShort ? "\nThe training was ended before its time; this is the best it had." : ""}`;
}

/** A picture of a background is no message. */
function withoutPixels(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? `${value.length} values` : value;
}
