import type { StageSettings } from "./settings.js";

/**
 * The learning rate of one step of a stage.
 * It is constant, or falls along half a cosine to `finalLearningRate` at the end of the stage's
 * last epoch (Loshchilov and Hutter 2017, "SGDR", without restarts).
 * @param step steps of the stage that are over
 * @param steps of the whole stage
 */
export function learningRateAt(
  { learningRate, finalLearningRate }: Pick<StageSettings, "learningRate" | "finalLearningRate">,
  step: number,
  steps: number,
): number {
  if (finalLearningRate === undefined) return learningRate;
  const share = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  return finalLearningRate + (learningRate - finalLearningRate) * share;
}
