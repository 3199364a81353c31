import type { Summary } from "../../src/evaluate/summary.js";
import type { AccuracyCondition } from "./conditions.js";

/** A condition, as each model counts it. */
export interface ConditionResult extends AccuracyCondition {
  /** By the model's name. */
  models: ReadonlyMap<string, Summary>;
}

/** What an evaluation of the benchmark comes to. */
export interface AccuracyResults {
  conditions: readonly ConditionResult[];
  total: ReadonlyMap<string, Summary>;
}

/** Least peak SNR of the conditions whose bias is bounded. */
const BIAS_SNR = 5;

const percent = (share: number | undefined) =>
  share === undefined ? "–" : `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)} %`;
const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));

/** Count errors and biases of models side by side, a row for each condition and one for all. */
export function countTable({ conditions, total }: AccuracyResults, models: readonly string[]): string {
  const cells = (summaries: ReadonlyMap<string, Summary>) =>
    models.flatMap((model) => {
      const { count } = summaries.get(model)!;
      return [digits(count.mae), percent(count.relativeBias)];
    });
  return markdownTable(
    ["condition", "true count", ...models.flatMap((model) => [model, "bias"])],
    [
      ...conditions.map(({ name, intended, models: own }) => [
        intended ? `**${name}**` : name,
        trueMean(own, models),
        ...cells(own),
      ]),
      ["all frames", trueMean(total, models), ...cells(total)],
    ],
  );
}

/** Errors of the max local count, a row for each condition and one for all. */
export function localCountTable({ conditions, total }: AccuracyResults, models: readonly string[]): string {
  const cells = (summaries: ReadonlyMap<string, Summary>) =>
    models.map((model) => digits(summaries.get(model)!.maxLocalCount.mae));
  const truth = (summaries: ReadonlyMap<string, Summary>) =>
    digits(summaries.get(models[0]!)!.maxLocalCount.trueMean);
  return markdownTable(
    ["condition", "true max local count", ...models],
    [
      ...conditions.map(({ name, models: own }) => [name, truth(own), ...cells(own)]),
      ["all frames", truth(total), ...cells(total)],
    ],
  );
}

/** What was asked of the shipped models, and what came of it. */
export function goalTable(
  { conditions, total }: AccuracyResults,
  original: string,
  [defcon, fast]: readonly [string, string],
): string {
  const ratio = (of: string, over: string, kind: "count" | "maxLocalCount") =>
    (total.get(of)![kind].mae / total.get(over)![kind].mae).toFixed(3);
  const intended = conditions.filter((condition) => condition.intended);
  const lower = intended.filter(
    ({ models }) => models.get(defcon)!.count.mae < models.get(original)!.count.mae,
  );
  const [bright, biases] = brightBiases(conditions, defcon);
  const pooled =
    bright.reduce((sum, { models }) => sum + models.get(defcon)!.count.bias, 0) /
    bright.reduce((sum, { models }) => sum + models.get(defcon)!.count.trueMean, 0);
  const within = biases.filter(({ bias }) => Math.abs(bias) <= 0.03).length;
  const worst = biases.reduce((a, b) => (Math.abs(b.bias) > Math.abs(a.bias) ? b : a));
  return markdownTable(
    ["", "goal", "measured"],
    [
      [`mean absolute count error, ${defcon} ÷ ${original}`, "≤ 0.5", ratio(defcon, original, "count")],
      [
        `conditions of the original's intended range (bold) where ${defcon}'s is lower`,
        `${intended.length} of ${intended.length}`,
        `${lower.length} of ${intended.length}`,
      ],
      [
        `bias of ${defcon} over all frames with a peak SNR of ${BIAS_SNR} or more`,
        "within ±3 %",
        percent(pooled),
      ],
      [
        "the same, condition by condition",
        `${biases.length} of ${biases.length}`,
        `${within} of ${biases.length}; farthest: ${percent(worst.bias)} (${worst.name})`,
      ],
      [
        `mean absolute error of the max local count, ${defcon} ÷ ${original}`,
        "≤ 0.7",
        ratio(defcon, original, "maxLocalCount"),
      ],
      [`mean absolute count error, ${fast} ÷ ${defcon}`, "≤ 1.1", ratio(fast, defcon, "count")],
    ],
  );
}

function brightBiases(
  conditions: readonly ConditionResult[],
  model: string,
): [ConditionResult[], { name: string; bias: number }[]] {
  const bright = conditions.filter(({ settings: { snr = 0 } }) => snr >= BIAS_SNR);
  const biases = bright.map(({ name, models }) => ({ name, bias: models.get(model)!.count.relativeBias! }));
  return [bright, biases];
}

function trueMean(summaries: ReadonlyMap<string, Summary>, models: readonly string[]): string {
  return digits(summaries.get(models[0]!)!.count.trueMean);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
