import { TrainingError } from "../base/errors.js";
import { type Stage, stageWeights } from "../graph/training.js";
import { ARCHITECTURES } from "../model/architectures.js";
import type { Head } from "../model/layer-rows.js";
import { type Architecture, headOf, type TracedLayer, traceLayers } from "../model/layers.js";
import { elementCount, layerWeights, type Weights } from "../model/weights.js";
import {
  SIMULATED_RATE_FALL,
  type StageSettings,
  type TrainingOrder,
  type TrainingSettings,
} from "./settings.js";

/** A stage of a training with its settings. */
export interface PlannedStage extends Stage {
  settings: StageSettings;
  /**
   * Whether it reads the segmentation head's map, as the network makes it when the stage begins.
   */
  readsSegmentation: boolean;
}

/**
 * The stages of a training in their order, without those in which nothing is trained.
 * @throws TrainingError TRAINING_CONFIG for layers that do not exist, or where everything is frozen
 */
export function planStages(architecture: Architecture, settings: TrainingSettings): PlannedStage[] {
  const layers = traceLayers(architecture).filter(({ row }) => settings.dropout || row.kind !== "dropout");
  const middle = 1 + layers.findIndex(({ row }) => headOf(row) === "segmentation");
  const frozen = frozenLayers(architecture, layers, middle, settings.freeze);
  const { loss, lambda } = settings.density;
  const falling = <S extends StageSettings>(stage: S): S =>
    settings.simulate && stage.finalLearningRate === undefined
      ? { ...stage, finalLearningRate: SIMULATED_RATE_FALL * stage.learningRate }
      : stage;
  const whole = {
    layers,
    density: { loss, lambda },
    frozen,
    settings: falling(settings.density),
    readsSegmentation: false,
  };
  const plans: Record<TrainingOrder, () => PlannedStage[]> = {
    both: () => [{ ...whole, name: "both", segmentation: true }],
    "end-to-end": () => [{ ...whole, name: "end-to-end", segmentation: false }],
    stages: () => [
      {
        name: "segmentation",
        layers: layers.slice(0, middle),
        segmentation: true,
        frozen,
        settings: falling(settings.segmentation),
        readsSegmentation: false,
      },
      {
        ...whole,
        name: "density",
        layers: layers.slice(middle),
        segmentation: false,
        readsSegmentation: true,
      },
    ],
  };
  // A network without a segmentation head can only be trained end to end.
  const stages = plans[middle === 0 ? "end-to-end" : settings.order]();
  const trained = stages.filter(({ layers: part }) =>
    part.some(({ row, inChannels }) => layerWeights(row, inChannels).length > 0 && !frozen.has(row.name)),
  );
  if (trained.length > 0) return trained;
  throw new TrainingError("TRAINING_CONFIG", {
    subject: "--freeze",
    expected: "at least one layer that is trained",
    found: "all layers frozen",
  });
}

/** The number of a stage's parameters. */
export function stageParameterCount(stage: Stage): number {
  return stageWeights(stage).reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** A stage's weights as one list. */
export function gatherParameters(stage: Stage, weights: Weights): Float32Array {
  const list = new Float32Array(stageParameterCount(stage));
  let at = 0;
  for (const { name } of stageWeights(stage)) {
    const { data } = weights.get(name)!;
    list.set(data, at);
    at += data.length;
  }
  return list;
}

/** The network's weights, with those of a stage taken from a list. */
export function withParameters(weights: Weights, stage: Stage, list: Float32Array): Weights {
  const result = new Map(weights);
  let at = 0;
  for (const { name, shape } of stageWeights(stage)) {
    const count = elementCount(shape);
    result.set(name, { shape, data: list.slice(at, at + count) });
    at += count;
  }
  return result;
}

function frozenLayers(
  architecture: Architecture,
  layers: readonly TracedLayer[],
  middle: number,
  names: readonly string[],
): Set<string> {
  const namesOf = (part: readonly TracedLayer[]) => part.map(({ row }) => row.name);
  const heads: Record<Head, string[]> = {
    segmentation: namesOf(layers.slice(0, middle)),
    density: namesOf(layers.slice(middle)),
  };
  const known = namesOf(layers.filter(({ row, inChannels }) => layerWeights(row, inChannels).length > 0));
  return new Set(
    names.flatMap((name) => {
      if (Object.hasOwn(heads, name) && heads[name as Head].length > 0) return heads[name as Head];
      if (known.includes(name)) return [name];
      throw new TrainingError("TRAINING_CONFIG", {
        subject: `--freeze ${name}`,
        expected: `${Object.keys(heads)
          .filter((head) => heads[head as Head].length > 0)
          .join(", ")} or layers of ${architecture.name}: ${known.join(", ")}`,
        found: "another name",
      });
    }),
  );
}

/** The network of a name. @throws TrainingError TRAINING_CONFIG for an unknown name */
export function knownArchitecture(name: string): Architecture {
  const architecture = ARCHITECTURES.get(name);
  if (architecture) return architecture;
  throw new TrainingError("TRAINING_CONFIG", {
    subject: "architecture",
    expected: [...ARCHITECTURES.keys()].join(" or "),
    found: name,
  });
}
