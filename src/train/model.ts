import { basename } from "node:path";
import { DEFAULTS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import type { Architecture } from "../model/layers.js";
import { type Model, selectWeights } from "../model/weights.js";
import type { Checkpoint } from "./checkpoint.js";
import { keptLoss } from "./kept-epoch.js";

/**
 * The model of a training that is over.
 * Its provenance holds what determines it and neither date nor folder, so that the same training
 * gives the same file.
 */
export function trainedModel(
  architecture: Architecture,
  { settings, history, weights, changes = [] }: Checkpoint,
): Model {
  const { set, output, checkpoints, engine, device, init, ...given } = settings;
  // A network without a segmentation head is trained end to end, whatever order was asked for.
  const endToEnd = history.every(({ stage }) => stage === "end-to-end");
  const recipe = endToEnd ? { ...given, order: "end-to-end" as const } : given;
  const endsEarly = settings.simulate === undefined;
  const kept = [...new Set(history.map(({ stage }) => stage))].map((stage) => {
    const losses = history
      .filter((record) => record.stage === stage)
      .map(({ validationLoss }) => validationLoss);
    const loss = Number.isNaN(losses.at(-1)) ? "none" : keptLoss(losses, endsEarly).toPrecision(6);
    return `${stage} ${loss} in ${losses.length} epochs`;
  });
  return {
    architecture,
    weights: selectWeights(architecture, weights, settings.name),
    provenance: {
      source: `trained by defcon-fiji ${VERSION}`,
      training_set: basename(set),
      ...(init && { init: basename(init) }),
      recipe: JSON.stringify(recipe),
      ...(changes.length > 0 && { changed_on_the_way: changes.join("; ") }),
      validation_loss: kept.join(", "),
    },
    pool: DEFAULTS.pool,
  };
}
