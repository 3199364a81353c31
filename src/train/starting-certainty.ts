import type { Certainty } from "../certainty/certainty.js";
import { readModel } from "../formats/registry.js";
import type { TrainingSettings } from "./settings.js";

/** What the model that a training began with says of how far it is to be trusted. A training may go on where that model is no more. */
export async function startingCertainty({
  init,
}: Pick<TrainingSettings, "init">): Promise<Certainty | undefined> {
  return init === undefined ? undefined : (await readModel(init).catch(() => undefined))?.certainty;
}
