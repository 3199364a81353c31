import type { WeightSpec } from "../model/layer-kinds.js";
import type { TracedLayer } from "../model/layers.js";
import { elementCount, layerWeights } from "../model/weights.js";
import { addAdam } from "./adam.js";
import { addGradients } from "./gradients.js";
import { addCrossEntropy, addDensityLoss, type BatchMeans, type DensityLoss } from "./losses.js";
import { addLayers, type NetworkMaps, type WeightSource } from "./network.js";
import { addNormalisation } from "./normalisation.js";
import { type GraphValue, OnnxGraph } from "./onnx-graph.js";
import { Tape } from "./tape.js";

/** A part of a network that is trained as a whole, and what its heads are compared with. */
export interface Stage {
  name: string;
  /**
   * In order. The input is frames where the first row normalises, else what the first row reads.
   */
  layers: readonly TracedLayer[];
  /** Whether the segmentation head is compared with a map of 0 and 1, by cross-entropy. */
  segmentation: boolean;
  /** The loss by which the density head is compared with a density map. */
  density?: { loss: DensityLoss; lambda: number };
  /** Names of layers whose weights do not change. */
  frozen: ReadonlySet<string>;
}

/**
 * A dropout layer's factors: 0, or 1 / (1 - rate).
 * Their shape is (N, channels, H / scale, W / scale).
 */
export interface DropoutInput {
  name: string;
  rate: number;
  channels: number;
  scale: number;
}

/**
 * Names of a training graph's inputs and outputs.
 * Input and targets are (N,1,H,W); networks for three frames take three of them a sample.
 * Parameters and Adam's means are (P). All others are scalars.
 */
export const TRAINING = {
  input: "input",
  segmentationTarget: "segmentation_target",
  densityTarget: "density_target",
  parameters: "parameters",
  mean: "gradient_mean",
  square: "gradient_square",
  /** {@link adamRate} */
  rate: "rate",
  /** 1 / N */
  perSample: "per_sample",
  /** 1 / (N H W) */
  perPixel: "per_pixel",
  loss: "loss",
  gradient: "gradient",
  nextParameters: "next_parameters",
  nextMean: "next_gradient_mean",
  nextSquare: "next_gradient_square",
} as const;

/** The weights of a stage, each in Keras' layout, in the order of the flat list of parameters. */
export function stageWeights({ layers }: Pick<Stage, "layers">): WeightSpec[] {
  return layers.flatMap(({ row, inChannels }) => layerWeights(row, inChannels));
}

/** Whether a weight of the stage does not change. */
export function isFrozen({ frozen }: Pick<Stage, "frozen">, { name }: WeightSpec): boolean {
  return frozen.has(name.slice(0, name.lastIndexOf("/")));
}

/** The dropout factors that a training graph of the stage asks for. */
export function stageDropouts({ layers }: Pick<Stage, "layers">): DropoutInput[] {
  return layers.flatMap(({ row, outChannels, scale }) =>
    row.kind === "dropout" ? [{ name: row.name, rate: row.rate, channels: outChannels, scale }] : [],
  );
}

/**
 * Makes the graph of a batch's loss, without dropout.
 * @param graph an empty graph to build in
 */
export function lossGraph(stage: Stage, graph = new OnnxGraph()): Uint8Array {
  addLoss(graph, stage, false);
  return graph.model(`${stage.name}_loss`, inputsOf(stage, false), [scalar(TRAINING.loss)]);
}

/**
 * Makes the graph of a batch's loss with dropout, and of its gradient.
 * The gradient of frozen parameters is 0.
 */
export function gradientGraph(stage: Stage, graph = new OnnxGraph()): Uint8Array {
  addLossAndGradient(graph, stage);
  const outputs = [scalar(TRAINING.loss), flat(TRAINING.gradient)];
  return graph.model(`${stage.name}_gradient`, inputsOf(stage, true), outputs);
}

/**
 * Makes the graph of one training step.
 * It gives the loss of a batch with dropout, and the parameters after a step of Adam against its
 * gradient.
 */
export function trainingGraph(stage: Stage, graph = new OnnxGraph()): Uint8Array {
  addLossAndGradient(graph, stage);
  const { parameters, mean, square, nextParameters, nextMean, nextSquare } = TRAINING;
  const next = { parameters: nextParameters, mean: nextMean, square: nextSquare };
  addAdam(graph, TRAINING.gradient, TRAINING.rate, { parameters, mean, square }, next);
  const inputs = [...inputsOf(stage, true), scalar(TRAINING.rate), flat(mean), flat(square)];
  const outputs = [scalar(TRAINING.loss), flat(nextParameters), flat(nextMean), flat(nextSquare)];
  return graph.model(`${stage.name}_training`, inputs, outputs);
}

function inputsOf(stage: Stage, training: boolean): GraphValue[] {
  const map = (name: string): GraphValue => ({ name, dims: ["N", 1, "H", "W"] });
  const factors = stageDropouts(stage).map(
    ({ name, channels, scale }): GraphValue => ({ name, dims: ["N", channels, `H_${scale}`, `W_${scale}`] }),
  );
  return [
    map(TRAINING.input),
    ...(stage.segmentation ? [map(TRAINING.segmentationTarget)] : []),
    ...(stage.density ? [map(TRAINING.densityTarget)] : []),
    scalar(TRAINING.perSample),
    scalar(TRAINING.perPixel),
    ...(training ? factors : []),
    flat(TRAINING.parameters),
  ];
}

const scalar = (name: string): GraphValue => ({ name, dims: [] });
const flat = (name: string): GraphValue => ({ name, dims: ["P"] });

interface StageLoss {
  tape: Tape;
  loss: string;
  /** The weights by name, before they are arranged. */
  weights: ReadonlyMap<string, string>;
}

function addLoss(graph: OnnxGraph, stage: Stage, training: boolean): StageLoss {
  const tape = new Tape(graph);
  const weights = splitParameters(graph, stageWeights(stage));
  const normalises = stage.layers[0]?.row.kind === "normalise";
  const value = normalises ? addNormalisation(graph, TRAINING.input).value : TRAINING.input;
  const source: WeightSource = {
    tensor: (name, length, terms) =>
      terms
        .map((term) => tape.apply("arrange", [weights.get(name)!], { ...term, length }))
        .reduce((sum, term) => tape.apply("add", [sum, term], undefined)),
  };
  const maps = addLayers(tape, normalises ? stage.layers.slice(1) : stage.layers, value, source, {
    dropout: ({ name }) => (training ? name : undefined),
  });
  const losses = addHeadLosses(tape, stage, maps);
  const loss = losses.reduce((sum, each) => tape.apply("add", [sum, each], undefined));
  graph.add("Identity", [loss], {}, TRAINING.loss);
  return { tape, loss, weights };
}

function addLossAndGradient(graph: OnnxGraph, stage: Stage): void {
  const { tape, loss, weights } = addLoss(graph, stage, true);
  const specs = stageWeights(stage);
  const free = specs.filter((spec) => !isFrozen(stage, spec)).map(({ name }) => weights.get(name)!);
  const gradients = addGradients(tape, loss, free);
  const parts = specs.map((spec) => {
    const length = elementCount(spec.shape);
    return isFrozen(stage, spec)
      ? graph.constant(`${spec.name}/still`, [length], new Float32Array(length))
      : gradients[free.indexOf(weights.get(spec.name)!)]!;
  });
  graph.add("Concat", parts, { axis: 0 }, TRAINING.gradient);
}

function addHeadLosses(tape: Tape, stage: Stage, maps: NetworkMaps): string[] {
  const means: BatchMeans = { perSample: TRAINING.perSample, perPixel: TRAINING.perPixel };
  const losses: string[] = [];
  if (stage.segmentation) {
    const logits = maps.beforeActivation("segmentation");
    losses.push(addCrossEntropy(tape, logits, TRAINING.segmentationTarget, means));
  }
  if (stage.density) {
    const { loss, lambda } = stage.density;
    const map = maps.beforeActivation("density");
    losses.push(addDensityLoss(tape, loss, lambda, map, TRAINING.densityTarget, means));
  }
  return losses;
}

/** Slices each weight's part out of the list. (WebGPU binds at most a dozen buffers to a Split.) */
function splitParameters(graph: OnnxGraph, specs: readonly WeightSpec[]): Map<string, string> {
  let start = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const bounds = [[start], [start + elementCount(shape)]].map((list) => graph.integers(list));
      start += elementCount(shape);
      return [name, graph.add("Slice", [TRAINING.parameters, ...bounds])];
    }),
  );
}
