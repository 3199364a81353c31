import { rowsOf, type SizeResult } from "./own-frames.js";
import { type ConditionResult, geometricMean, type Quantity, ratiosOf } from "./ratios.js";
import type { RealResult } from "./real-stacks.js";

/** Where frames come from: the letter by which a source is asked for, and what it is called. */
export const SOURCES = {
  a: "own conditions",
  b: "SASS",
  c: "real",
  d: "second generator",
} as const;
export type SourceLetter = keyof typeof SOURCES;

/** What was measured; sources that were left out, or are absent, are empty. */
export interface Results {
  own: SizeResult[];
  sass: ConditionResult[];
  real: RealResult[];
  second: ConditionResult[];
}

/** The error ratios' sources, without those that are empty. */
export function ratioSources({ own, sass, second }: Results): { title: string; rows: ConditionResult[] }[] {
  const all = [
    { title: SOURCES.a, rows: rowsOf(own) },
    { title: SOURCES.b, rows: sass },
    { title: SOURCES.d, rows: second },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

/** What is asked of real stacks. */
export const REAL_BOUNDS = { fog: 0.05, meanOff: 0.05, deviation: 0.07 } as const;
/** What is better than this share of a bound of real stacks is as good as it: there, the original's own values are near 0. */
const GOOD_ENOUGH = 0.5;

/** By which models are chosen. Smaller is better. */
export interface Figure {
  /** Geometric mean over the sources. */
  overall: number;
  /** Largest ratio of any condition and quantity. */
  worst: number;
}

const QUANTITIES: readonly Quantity[] = ["count", "maxLocalCount"];

/**
 * The figure of a model. A source with truth gives the geometric mean of its two geometric means of ratios, for count and max local count. Real stacks give the geometric mean, over stacks,
 * of fog over its bound (0.05) and of the rise's root mean square distance from 1 over that at the bounds, √(0.05² + 0.07²).
 */
export function figureOf(results: Results, model: string, over: string): Figure {
  const ratios = ratioSources(results).map(({ rows }) =>
    QUANTITIES.map((quantity) => ratiosOf(rows, model, over, quantity)),
  );
  const sources = ratios.map((both) => geometricMean(both.map((each) => each.geometricMean)));
  if (results.real.length > 0)
    sources.push(geometricMean(results.real.flatMap((stack) => realParts(stack, model))));
  return { overall: geometricMean(sources), worst: Math.max(...ratios.flat().map(({ worst }) => worst)) };
}

function realParts({ models }: RealResult, model: string): number[] {
  const { fog, rise } = models.get(model)!;
  const { fog: most, meanOff, deviation } = REAL_BOUNDS;
  const parts = [fog / most, Math.hypot(rise.mean - 1, rise.deviation) / Math.hypot(meanOff, deviation)];
  return parts.map((part) => Math.max(GOOD_ENOUGH, part));
}
