import { basename } from "node:path";
import { DEFAULTS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import type { Architecture } from "../model/layers.js";
import { type Model, selectWeights } from "../model/weights.js";
import type { Checkpoint } from "./checkpoint.js";
import { keptLoss } from "./kept-epoch.js";

/** The model that a training ended in. Its provenance holds what determines it and no date or folder, so that the same training gives the same file. */
export function trainedModel(architecture: Architecture, { settings, history, weights }: Checkpoint): Model {
  const { set, output, checkpoints, engine, device, init, ...given } = settings;
  // Of a network without a segmentation head all layers are trained together, whatever was asked for.
  const endToEnd = history.every(({ stage }) => stage === "end-to-end");
  const recipe = endToEnd ? { ...given, order: "end-to-end" as const } : given;
  const endsEarly = settings.simulate === undefined;
  const kept = [...new Set(history.map(({ stage }) => stage))].map((stage) => {
    const losses = history
      .filter((record) => record.stage === stage)
      .map(({ validationLoss }) => validationLoss);
    return `${stage} ${keptLoss(losses, endsEarly).toPrecision(6)} in ${losses.length} epochs`;
  });
  return {
    architecture,
    weights: selectWeights(architecture, weights, settings.name),
    provenance: {
      source: `trained by defcon-fiji ${VERSION}`,
      training_set: basename(set),
      ...(init && { init: basename(init) }),
      recipe: JSON.stringify(recipe),
      validation_loss: kept.join(", "),
    },
    pool: DEFAULTS.pool,
  };
}
