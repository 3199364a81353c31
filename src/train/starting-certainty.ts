import type { Certainty } from "../certainty/certainty.js";
import { readModel } from "../formats/registry.js";
import type { TrainingSettings } from "./settings.js";

/**
 * The certainty of the model that a training started from.
 * Undefined where there is none; the training may go on after that model was removed.
 */
export async function startingCertainty({
  init,
}: Pick<TrainingSettings, "init">): Promise<Certainty | undefined> {
  return init === undefined ? undefined : (await readModel(init).catch(() => undefined))?.certainty;
}
