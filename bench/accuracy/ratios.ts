import type { Coverage } from "../../src/evaluate/coverage.js";
import type { Summary } from "../../src/evaluate/summary.js";

/** Frames taken under one condition, and how each model counts them. */
export interface ConditionResult {
  name: string;
  /** By the model's name. */
  models: ReadonlyMap<string, Summary>;
  /** Likewise: how well it knew by how much it was off; absent for models that do not say. */
  coverage: ReadonlyMap<string, Coverage>;
}

/** What is counted: all of a frame, or the 7×7 square that holds most. */
export type Quantity = "count" | "maxLocalCount";

/** A model's errors over another one's, condition by condition. */
export interface Ratios {
  geometricMean: number;
  worst: number;
  /** Name of the condition with the worst ratio. */
  worstName: string;
  /** Conditions whose ratio is above 1. */
  above: number;
  conditions: number;
}

/** Mean absolute error of a model over that of another one, on the frames of one condition. */
export function ratio({ models }: ConditionResult, model: string, over: string, quantity: Quantity): number {
  return models.get(model)![quantity].mae / models.get(over)![quantity].mae;
}

/** Sums up the ratios of all conditions; each condition weighs the same, however large its errors are. */
export function ratiosOf(
  conditions: readonly ConditionResult[],
  model: string,
  over: string,
  quantity: Quantity,
): Ratios {
  const all = conditions.map((condition) => ratio(condition, model, over, quantity));
  const worst = Math.max(...all);
  return {
    geometricMean: geometricMean(all),
    worst,
    worstName: conditions[all.indexOf(worst)]!.name,
    above: all.filter((each) => each > 1).length,
    conditions: all.length,
  };
}

/** The n-th root of the product of n values above 0; NaN of none. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
