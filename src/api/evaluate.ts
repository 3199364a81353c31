import {
  checkArgument,
  checkOptions,
  FLAG,
  FUNCTION,
  listOf,
  numberArgument,
  PATH,
  TEXT,
} from "../base/arguments.js";
import { untilCancelled } from "../base/cancelled.js";
import { given } from "../base/given.js";
import { numberFrom, wholeNumber } from "../base/number-rule.js";
import type { EngineChoice } from "../engine/engine.js";
import { evaluate as compare, type Evaluation } from "../evaluate/evaluate.js";
import type { ConditionInfo, DataOptions, EvaluationData } from "../evaluate/evaluation-data.js";
import { loadModels } from "../evaluate/models.js";
import { openData } from "../evaluate/open-data.js";
import { Report } from "../evaluate/report.js";
import { type EvaluationSummary, summarise } from "../evaluate/summary.js";
import { OPEN_RULES } from "../frames/open-options.js";
import { Predictor } from "../predict/predictor.js";
import { TABLE_RULES } from "./table-rules.js";
import { CALL_RULES, ENGINE_RULES } from "./work.js";

/** Options of a comparison of models with the truth. */
export interface EvaluateOptions extends DataOptions, EngineChoice {
  /**
   * Folder of the report (frames.csv, summary.csv, report.html); left out: no report is written.
   */
  output?: string | undefined;
  /** Whether an earlier report may be replaced; false where left out. */
  force?: boolean | undefined;
  /** Side of the square of the max local count, pixels, for all models; 7 where left out. */
  pool?: number | undefined;
  /** Frames of each model that the report shows; 4 where left out. */
  worst?: number | undefined;
  /** Called once, when the models and the data are open. */
  onStart?: ((start: EvaluationStart) => void) | undefined;
  /** Called for each frame once all models have counted it. */
  onProgress?: ((done: number, frames: number) => void) | undefined;
}

/** Numbers that {@link EvaluateOptions} may be; the command line takes the same. */
export const EVALUATE_NUMBERS = {
  threshold: numberFrom(0),
  pool: wholeNumber(1),
  worst: wholeNumber(0, 100),
} as const;

const EVALUATE_RULES = {
  output: PATH,
  force: FLAG,
  ...TABLE_RULES,
  ...OPEN_RULES,
  threshold: numberArgument(EVALUATE_NUMBERS.threshold),
  pool: numberArgument(EVALUATE_NUMBERS.pool),
  worst: numberArgument(EVALUATE_NUMBERS.worst),
  ...ENGINE_RULES,
  onStart: FUNCTION,
  ...CALL_RULES,
};

/** What an evaluation works on. */
export interface EvaluationStart {
  conditions: readonly ConditionInfo[];
  /** Frames of all conditions together. */
  frames: number;
  /** What computes, on which device, and why. */
  engine: string;
  device: string;
  reason: string;
}

/** Counts and truth of each frame, and the summary of both. */
export interface EvaluationResult {
  evaluation: Evaluation;
  summary: EvaluationSummary;
}

/**
 * Counts frames whose truth is known, and measures the errors.
 * @param models names or paths of models
 * @param data a simulation's folder, a folder with a stack and the table of its emitters, a
 * folder of these, or a training set
 * @throws InputError, DatasetError, ModelFormatError, EngineError; DefconError CANCELLED; what
 * `onStart` or `onProgress` throws. No report is then written.
 */
export async function evaluate(
  models: readonly string[],
  data: string,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  checkArgument("models", models, listOf(TEXT, "names or paths of models", 1));
  checkArgument("data", data, PATH);
  checkOptions(options, EVALUATE_RULES);
  const { output, force, pool, worst, onStart, onProgress, ...dataOptions } = options;
  const predictor = await Predictor.start(options);
  let files: Report | undefined;
  let source: EvaluationData | undefined;
  try {
    const loaded = await untilCancelled(loadModels(predictor, models), options.signal);
    source = await openData(data, dataOptions);
    files = output === undefined ? undefined : await Report.create(output, force);
    const { conditions } = source;
    const frames = conditions.reduce((sum, condition) => sum + condition.frames, 0);
    const { engine: name, device, reason } = predictor;
    onStart?.({ conditions, frames, engine: name, device, reason });
    let done = 0;
    const { signal } = dataOptions;
    const evaluation = await compare(loaded, source.frames(), {
      ...given({ pool, worst, signal }),
      onFrame: () => onProgress?.(++done, frames),
    });
    const summary = summarise(evaluation.records);
    await files?.finish({ data, conditions, evaluation, summary });
    return { evaluation, summary };
  } catch (error) {
    await files?.abort();
    throw error;
  } finally {
    await source?.close();
    await predictor.close();
  }
}
