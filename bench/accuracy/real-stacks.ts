import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import { measureReal, type RealModelResult, readFrames } from "../../src/spots/real-frames.js";
import type { Progress } from "./progress.js";
import { stackName } from "./stacks.js";

/** A real stack, as each model counts it. */
export interface RealResult {
  name: string;
  /** By the model's name. */
  models: ReadonlyMap<string, RealModelResult>;
}

/** Measures fog and insertion on each stack. */
export async function measureRealStacks(
  models: readonly EvaluatedModel[],
  paths: readonly string[],
  progress: Progress,
): Promise<RealResult[]> {
  const results: RealResult[] = [];
  for (const path of paths) {
    const name = stackName(path);
    const stack = { name, frames: await readFrames(path) };
    results.push({
      name,
      models: await measureReal(models, stack, (model) => progress(`${name}: ${model}`)),
    });
  }
  return results;
}
