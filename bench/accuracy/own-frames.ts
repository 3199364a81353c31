import { join } from "node:path";
import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import { openData } from "../../src/evaluate/open-data.js";
import { type AccuracyCondition, atSize, type FrameSize } from "./conditions.js";
import { type NamedPlan, writeSimulations } from "./data.js";
import { measure } from "./measure.js";
import type { Progress } from "./progress.js";
import type { ConditionResult } from "./ratios.js";

/** How models count the conditions at one size. */
export interface SizeResult {
  side: number;
  /** In the order of the conditions given. */
  conditions: ConditionResult[];
}

/** Simulates conditions at each size, unless they are in the folder, and counts them. */
export async function measureOwn(
  models: readonly EvaluatedModel[],
  folder: string,
  conditions: readonly AccuracyCondition[],
  sizes: readonly FrameSize[],
  progress: Progress,
): Promise<SizeResult[]> {
  const results: SizeResult[] = [];
  for (const size of sizes) {
    const plans = conditions.map((condition, i) => ({
      name: condition.name,
      plan: { settings: atSize(condition, size), seed: size.firstSeed + i },
    }));
    const path = join(folder, `${size.side}-pixels-${size.frames}-frames`);
    results.push({
      side: size.side,
      conditions: await measureSimulations(models, path, plans, progress),
    });
  }
  return results;
}

/** Simulates plans, unless they are in the folder, and counts the frames. @returns in the order of the plans */
export async function measureSimulations(
  models: readonly EvaluatedModel[],
  folder: string,
  plans: readonly NamedPlan[],
  progress: Progress,
): Promise<ConditionResult[]> {
  await writeSimulations(folder, plans, (done) =>
    progress(`${done} of ${plans.length} simulated: ${folder}`),
  );
  const data = await openData(folder, {});
  try {
    const all = data.conditions.reduce((sum, condition) => sum + condition.frames, 0);
    let frames = 0;
    const found = await measure(models, data.frames(), () =>
      progress(`${++frames} of ${all} frames counted: ${folder}`),
    );
    const byName = new Map(found.map((condition) => [condition.name, condition]));
    return plans.map(({ name }) => byName.get(name)!);
  } finally {
    await data.close();
  }
}

/** A row for each condition and size. */
export function rowsOf(sizes: readonly SizeResult[]): ConditionResult[] {
  return sizes.flatMap(({ side, conditions }) =>
    conditions.map((condition) => ({ ...condition, name: `${condition.name}, ${side}²` })),
  );
}
