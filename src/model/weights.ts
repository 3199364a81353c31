import { ModelFormatError } from "../base/errors.js";
import type { Certainty } from "../certainty/certainty.js";
import { traitsOf, type WeightSpec } from "./layer-kinds.js";
import type { LayerRow } from "./layer-rows.js";
import { type Architecture, headOf, traceLayers } from "./layers.js";

/** A weight in Keras' layout, row-major. */
export interface Weight {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by name, "conv_seg_1/kernel", "conv_seg_1/bias" …, in the order of the table. */
export type Weights = Map<string, Weight>;

/** A network with its weights and what is known of where they come from. */
export interface Model {
  architecture: Architecture;
  weights: Weights;
  /** Free text by key: "source", "trained", "description" … */
  provenance: Record<string, string>;
  /** Side of the square of the max local count, pixels. */
  pool: number;
  /** How far its counts are to be trusted; absent where nobody has measured it. */
  certainty?: Certainty;
}

/** A weight of a model by its name. */
export function weightOf(model: Model, name: string): Weight {
  const weight = model.weights.get(name);
  if (!weight) throw new RangeError(`the model has no weight ${name}`);
  return weight;
}

/** The weights of one layer; an empty list for a layer without. */
export function layerWeights(row: LayerRow, inChannels: number): WeightSpec[] {
  return traitsOf(row).weights(row, inChannels);
}

/** All weights of a network, in the order of its table. */
export function weightSpecs(architecture: Architecture): WeightSpec[] {
  return traceLayers(architecture).flatMap(({ row, inChannels }) => layerWeights(row, inChannels));
}

/** The weights of the segmentation half, the first ones; none where a network has no such half. */
export function segmentationSpecs(architecture: Architecture): WeightSpec[] {
  const layers = traceLayers(architecture);
  const end = 1 + layers.findIndex(({ row }) => headOf(row) === "segmentation");
  return layers.slice(0, end).flatMap(({ row, inChannels }) => layerWeights(row, inChannels));
}

/** Number of values of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Number of trainable values of a network. */
export function parameterCount(architecture: Architecture): number {
  return valueCount(weightSpecs(architecture));
}

/** Number of values of weights together. */
export function valueCount(weights: readonly WeightSpec[]): number {
  return weights.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/**
 * Takes from `found` exactly the weights that the network needs.
 * @param file named in errors
 * @param specs the weights to take; all of the network's where left out
 * @throws ModelFormatError MODEL_WEIGHTS for a weight that is missing, has another shape or holds a
 * value that is not finite
 */
export function selectWeights(
  architecture: Architecture,
  found: Weights,
  file: string,
  specs: readonly WeightSpec[] = weightSpecs(architecture),
): Weights {
  const selected: Weights = new Map();
  for (const { name, shape } of specs) {
    const weight = found.get(name);
    if (!weight) {
      throw weightError(
        file,
        name,
        `of shape (${shape})`,
        `only ${[...found.keys()].join(", ") || "no weights"}`,
      );
    }
    if (String(weight.shape) !== String(shape) || weight.data.length !== elementCount(shape)) {
      throw weightError(file, name, `of shape (${shape})`, `shape (${weight.shape})`);
    }
    const bad = weight.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw weightError(file, name, "with finite values", `${weight.data[bad]} at index ${bad}`);
    selected.set(name, weight);
  }
  return selected;
}

function weightError(file: string, name: string, expected: string, found: string): ModelFormatError {
  return new ModelFormatError("MODEL_WEIGHTS", {
    subject: file,
    expected: `a weight ${name} ${expected}`,
    found,
    advice: "The file is damaged or holds another network; take the original file again.",
  });
}
