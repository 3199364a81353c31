import { join } from "node:path";
import { Command } from "commander";
import { EVALUATE_NUMBERS, type EvaluationResult, type EvaluationStart, evaluate } from "../api/evaluate.js";
import { DEFAULTS } from "../base/limits.js";
import type { TableOptions } from "../dataset/truth/truth-columns.js";
import { BRIGHTNESS_THRESHOLD } from "../dataset/truth/truth-table.js";
import type { EngineChoice } from "../engine/engine.js";
import { type Evaluation, WORST_FRAMES } from "../evaluate/evaluate.js";
import type { ConditionInfo } from "../evaluate/evaluation-data.js";
import { REPORT_FILES } from "../evaluate/report.js";
import type { EvaluationSummary, Summary } from "../evaluate/summary.js";
import { MEASURES } from "../evaluate/words.js";
import { tellEngine, withEngineOptions } from "./engine-option.js";
import { interruptible } from "./interrupt.js";
import { forceOption, numberThat } from "./options.js";
import { ProgressLine } from "./progress.js";
import { withReadingOptions } from "./reading-options.js";
import { table } from "./table.js";
import { tellWarnings, withTableOptions } from "./truth-options.js";

interface EvaluateCommandOptions extends TableOptions, EngineChoice {
  data: string;
  output: string;
  threshold?: number;
  pool: number;
  worst: number;
  force?: boolean;
  json?: boolean;
}

/** `defcon-fiji evaluate`: how well models count frames whose truth is known. */
export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description(
      `compare models' counts with the truth: ${Object.values(REPORT_FILES).join(", ")} in the output folder`,
    )
    .argument("<models...>", "installed models' names or model files")
    .requiredOption(
      "--data <path>",
      "a simulation's folder, a folder with a stack and the csv table of its emitters, a folder of these, or a training set (.h5)",
    )
    .option("-o, --output <folder>", "where the report goes", "evaluation")
    .option(
      "--threshold <brightness>",
      `emitters above this brightness count (default: a simulation's own, else ${BRIGHTNESS_THRESHOLD} photons)`,
      numberThat(EVALUATE_NUMBERS.threshold),
    )
    .option(
      "--pool <pixels>",
      "side of the square of the max local count, for all models",
      numberThat(EVALUATE_NUMBERS.pool),
      DEFAULTS.pool,
    )
    .option("--worst <n>", "frames of each model to show", numberThat(EVALUATE_NUMBERS.worst), WORST_FRAMES)
    .addOption(forceOption("an earlier report"))
    .option("--json", "print the summary as JSON")
    .action(run);
  withEngineOptions(command);
  withReadingOptions(command);
  return withTableOptions(command, "side of a pixel, where the data does not say it or is wrong");
}

async function run(models: string[], options: EvaluateCommandOptions): Promise<void> {
  const left = `no report was written in ${options.output}`;
  const { evaluation, summary } = await interruptible(left, (signal) => report(models, options, signal));
  if (options.json) {
    console.log(JSON.stringify(jsonOf(options.data, evaluation, summary)));
    return;
  }
  console.log(totals(evaluation.models, summary.total));
  for (const name of Object.values(REPORT_FILES)) console.log(`  ${join(options.output, name)}`);
}

async function report(
  models: string[],
  { data, json, ...options }: EvaluateCommandOptions,
  signal: AbortSignal,
): Promise<EvaluationResult> {
  let progress: ProgressLine | undefined;
  let conditions: readonly ConditionInfo[] = [];
  const told = new Set<string>();
  const tellNew = () => {
    const warnings = conditions.flatMap((condition) => condition.warnings ?? []);
    tellWarnings(warnings.filter((warning) => !told.has(warning)));
    for (const warning of warnings) told.add(warning);
  };
  try {
    const result = await evaluate(models, data, {
      ...options,
      signal,
      onStart: (start) => {
        conditions = start.conditions;
        tellEngine(options, start);
        if (!json) describe(start);
        tellNew();
        progress = new ProgressLine(data, start.frames);
      },
      onProgress: () => progress?.advance(),
    });
    progress?.clear();
    // What was replaced in frames is known once they are read.
    tellNew();
    return result;
  } finally {
    progress?.clear();
  }
}

function describe({ conditions, frames }: EvaluationStart): void {
  for (const { name, frames: own, width, height, truth } of conditions) {
    console.error(`${name}: ${own} frames of ${width} x ${height}, ${truth}`);
  }
  if (conditions.length > 1) console.error(`${frames} frames in all`);
}

/** The models side by side. */
function totals(models: readonly string[], total: ReadonlyMap<string, Summary>): string {
  const rows = MEASURES.map(({ title, unit, value, interval }) => [
    unit ? `${title}, ${unit}` : title,
    ...models.map((model) => {
      const summary = total.get(model)!;
      const range = interval?.(summary);
      return range ? `${value(summary)} (${range})` : value(summary);
    }),
  ]);
  return table(rows, ["", ...models]);
}

function jsonOf(data: string, { models, pool }: Evaluation, { total, groupings }: EvaluationSummary) {
  return {
    data,
    pool,
    models,
    total: Object.fromEntries(total),
    groupings: groupings.map(({ groups, ...names }) => ({
      ...names,
      groups: groups.map((group) => ({ label: group.label, models: Object.fromEntries(group.models) })),
    })),
  };
}
