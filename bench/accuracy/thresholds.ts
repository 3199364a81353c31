import { markdownTable, stressedIf } from "./markdown.js";
import { type Quantity, type Ratios, ratiosOf } from "./ratios.js";
import type { RealResult } from "./real-stacks.js";
import { figureOf, REAL_BOUNDS, type Results, ratioSources } from "./results.js";

/** Largest ratios that are asked of a model in each source with truth. */
interface RatioBounds {
  geometricMean: Readonly<Record<Quantity, number>>;
  /** Of any condition; undefined where nothing is asked. */
  worst?: number;
}

const DEFAULT_BOUNDS: RatioBounds = { geometricMean: { count: 0.6, maxLocalCount: 0.7 }, worst: 1 };
const FAST_BOUNDS: RatioBounds = { geometricMean: { count: 0.7, maxLocalCount: 0.8 } };

const QUANTITIES: readonly [Quantity, string][] = [
  ["count", "count"],
  ["maxLocalCount", "max local count"],
];

/** What is asked of a model, by its name. */
function boundsOf(model: string): RatioBounds {
  return model.includes("fast") ? FAST_BOUNDS : DEFAULT_BOUNDS;
}

/** What is asked of models, beside what was measured; what is missed is bold. */
export function thresholdTables(results: Results, original: string, models: readonly string[]): string {
  const tables = [ratioThresholds(results, original, models), realThresholds(results.real, models)];
  return tables.filter((table) => table !== "").join("\n\n");
}

function ratioThresholds(results: Results, original: string, models: readonly string[]): string {
  const sources = ratioSources(results);
  if (sources.length === 0) return "";
  const rows = models.flatMap((model) => {
    const { geometricMean, worst } = boundsOf(model);
    return QUANTITIES.flatMap(([quantity, title]) => {
      const all = sources.map((source) => ratiosOf(source.rows, model, original, quantity));
      const most = geometricMean[quantity];
      return [
        [
          `${model}, ${title}, geometric mean`,
          `≤ ${most}`,
          ...all.map((ratios) => within(ratios.geometricMean, most)),
        ],
        [
          `${model}, ${title}, worst`,
          worst === undefined ? "" : `≤ ${worst}`,
          ...all.map((ratios) => worstCell(ratios, worst)),
        ],
      ];
    });
  });
  return markdownTable([`error ÷ ${original}'s`, "asked", ...sources.map(({ title }) => title)], rows);
}

function worstCell({ worst, above, conditions }: Ratios, most: number | undefined): string {
  return `${within(worst, most)} (${above} of ${conditions} above 1)`;
}

function realThresholds(stacks: readonly RealResult[], models: readonly string[]): string {
  if (stacks.length === 0) return "";
  const { fog, meanOff, deviation } = REAL_BOUNDS;
  const rows = models.flatMap((model) => {
    const own = stacks.map((stack) => stack.models.get(model)!);
    return [
      [`${model}, fog`, `≤ ${fog}`, ...own.map((result) => within(result.fog, fog))],
      [
        `${model}, mean rise per inserted molecule`,
        `1 ± ${meanOff}`,
        ...own.map(({ rise }) => stressedIf(Math.abs(rise.mean - 1) > meanOff, rise.mean.toFixed(2))),
      ],
      [
        `${model}, its deviation`,
        `≤ ${deviation}`,
        ...own.map(({ rise }) => within(rise.deviation, deviation)),
      ],
    ];
  });
  return markdownTable(["real frames", "asked", ...stacks.map(({ name }) => name)], rows);
}

function within(value: number, most: number | undefined): string {
  return stressedIf(most !== undefined && value > most, value.toFixed(2));
}

/** One line for each model, the best first: by the figure over all sources, then by the worst ratio. */
export function ranking(results: Results, original: string, models: readonly string[]): string {
  return models
    .map((model) => ({ model, figure: figureOf(results, model, original) }))
    .sort((a, b) => a.figure.overall - b.figure.overall || a.figure.worst - b.figure.worst)
    .map(({ model, figure }) => {
      const ratios = ratioSources(results).map(({ title, rows }) => {
        const [count, local] = QUANTITIES.map(([quantity]) => ratiosOf(rows, model, original, quantity));
        return `${title}: count ${meanAndWorst(count!)}, local ${meanAndWorst(local!)}`;
      });
      const real = results.real.map(({ name, models: own }) => {
        const { fog, rise } = own.get(model)!;
        return `${name}: fog ${fog.toFixed(3)}, rise ${rise.mean.toFixed(2)}±${rise.deviation.toFixed(2)}`;
      });
      const sums = `overall ${figure.overall.toFixed(3)}, worst ${figure.worst.toFixed(2)}`;
      return [`${model}: ${sums}`, ...ratios, ...real].join(" | ");
    })
    .join("\n");
}

function meanAndWorst({ geometricMean, worst, above }: Ratios): string {
  return `${geometricMean.toFixed(3)}/${worst.toFixed(2)} (${above} above)`;
}
