import type { Summary } from "../../src/evaluate/summary.js";
import { digits, markdownTable, percent, stressedIf } from "./markdown.js";
import type { SizeResult } from "./own-frames.js";
import { type ConditionResult, type Quantity, ratio, ratiosOf } from "./ratios.js";
import type { RealResult } from "./real-stacks.js";

/** The quantities, as columns are called. */
const TITLES: Readonly<Record<Quantity, string>> = { count: "count", maxLocalCount: "max local count" };

/** The last rows of tables of ratios. */
const SUMS = [
  ["geometric mean", "geometricMean"],
  ["worst", "worst"],
] as const;

/** Count errors and biases of models side by side, a row for each condition. */
export function countTable(conditions: readonly ConditionResult[], models: readonly string[]): string {
  return markdownTable(
    ["condition", "true count", ...models.flatMap((model) => [model, "bias"])],
    conditions.map(({ name, models: own }) => [
      name,
      digits(own.get(models[0]!)!.count.trueMean),
      ...models.flatMap((model) => {
        const { count } = own.get(model)!;
        return [digits(count.mae), percent(count.relativeBias)];
      }),
    ]),
  );
}

/** Error ratios of the benchmark's own conditions: a row for each condition, a column for each model and size. */
export function ownTable(
  sizes: readonly SizeResult[],
  quantity: Quantity,
  original: string,
  models: readonly string[],
): string {
  const shown = sizes.find(({ side }) => side === 128) ?? sizes[0]!;
  const columns = models.flatMap((model) => sizes.map((size) => ({ model, size })));
  const rows = shown.conditions.map((condition, i) => {
    const { trueMean, mae } = condition.models.get(original)![quantity];
    return [
      condition.name,
      digits(trueMean),
      digits(mae),
      ...columns.map(({ model, size }) => ratioCell(ratio(size.conditions[i]!, model, original, quantity))),
    ];
  });
  const sums = columns.map(({ model, size }) => ratiosOf(size.conditions, model, original, quantity));
  return markdownTable(
    [
      "condition",
      `true ${TITLES[quantity]}, ${shown.side}²`,
      `${original}'s error`,
      ...columns.map(({ model, size }) => `${model}, ${size.side}²`),
    ],
    [...rows, ...SUMS.map(([title, part]) => [title, "", "", ...sums.map((each) => ratioCell(each[part]))])],
  );
}

/** Error ratios of a source's conditions, for both quantities. */
export function sourceTable(
  conditions: readonly ConditionResult[],
  original: string,
  models: readonly string[],
): string {
  const quantities: readonly Quantity[] = ["count", "maxLocalCount"];
  const truth = (summaries: ReadonlyMap<string, Summary>, quantity: Quantity) =>
    digits(summaries.get(original)![quantity].trueMean);
  const rows = conditions.map((condition) => [
    condition.name,
    ...quantities.flatMap((quantity) => [
      truth(condition.models, quantity),
      digits(condition.models.get(original)![quantity].mae),
      ...models.map((model) => ratioCell(ratio(condition, model, original, quantity))),
    ]),
  ]);
  const sums = quantities.map((quantity) =>
    models.map((model) => ratiosOf(conditions, model, original, quantity)),
  );
  const sumRows = SUMS.map(([title, part]) => [
    title,
    ...sums.flatMap((each) => ["", "", ...each.map((ratios) => ratioCell(ratios[part]))]),
  ]);
  return markdownTable(
    [
      "condition",
      ...quantities.flatMap((each) => [`true ${TITLES[each]}`, `${original}'s error`, ...models]),
    ],
    [...rows, ...sumRows],
  );
}

/** Fog and insertion, a row for each stack and model. */
export function realTable(stacks: readonly RealResult[], models: readonly string[]): string {
  return markdownTable(
    ["stack", "model", "fog", "rise of the count per inserted molecule"],
    stacks.flatMap(({ name, models: own }) =>
      models.map((model) => {
        const { fog, rise } = own.get(model)!;
        return [name, model, fog.toFixed(3), `${rise.mean.toFixed(2)} ± ${rise.deviation.toFixed(2)}`];
      }),
    ),
  );
}

function ratioCell(value: number): string {
  return stressedIf(value > 1, value.toFixed(2));
}
