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

/** What is trained together: a stretch of a network, and what its heads are compared with. */
export interface Stage {
  name: string;
  /** In their order; where the first row normalises, the input is frames, else what that layer reads. */
  layers: readonly TracedLayer[];
  /** Compare the segmentation head with a map of 0 and 1 by cross-entropy. */
  segmentation: boolean;
  /** Compare the density head with a density map. */
  density?: { loss: DensityLoss; lambda: number };
  /** Names of layers whose weights stay as they are. */
  frozen: ReadonlySet<string>;
}

/** A dropout layer's factors: 0, or 1 / (1 - rate), of a value (N, channels, H / scale, W / scale). */
export interface DropoutInput {
  name: string;
  rate: number;
  channels: number;
  scale: number;
}

/** Names of a training graph's inputs and outputs. (N,1,H,W): input and targets, of networks for three frames each three of them a sample; (P): parameters and what Adam remembers; the others are scalars. */
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

/** The weights of a stage in the order in which the flat list of parameters holds them, each in Keras' layout. */
export function stageWeights({ layers }: Pick<Stage, "layers">): WeightSpec[] {
  return layers.flatMap(({ row, inChannels }) => layerWeights(row, inChannels));
}

/** Whether a weight of the stage stays as it is. */
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
 * The loss of a batch, without dropout.
 * @param graph what it is built in, empty
 */
export function lossGraph(stage: Stage, graph = new OnnxGraph()): Uint8Array {
  addLoss(graph, stage, false);
  return graph.model(`${stage.name}_loss`, inputsOf(stage, false), [scalar(TRAINING.loss)]);
}

/** The loss of a batch with dropout, and its gradient with respect to all parameters; 0 for those that are frozen. */
export function gradientGraph(stage: Stage, graph = new OnnxGraph()): Uint8Array {
  addLossAndGradient(graph, stage);
  const outputs = [scalar(TRAINING.loss), flat(TRAINING.gradient)];
  return graph.model(`${stage.name}_gradient`, inputsOf(stage, true), outputs);
}

/** One step of training: the loss of a batch with dropout, and the parameters after a step of Adam against its gradient. */
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
  /** The weights' own values, by name, before they are arranged. */
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

/** Each weight's own part of the list: a slice each, since WebGPU binds no more than a dozen buffers to a Split. */
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
