import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { OnnxGraph } from "../graph/onnx-graph.js";
import { lossGraph, type Stage, stageDropouts, TRAINING, trainingGraph } from "../graph/training.js";
import { attempt } from "./attempt.js";
import type { Training, TrainingBatch, TrainingState } from "./engine.js";

/** The library, loaded. */
export type Runtime = typeof import("onnxruntime-node");

/**
 * A stage whose steps are one ONNX graph; parameters and Adam's memory go from one step's outputs to the next one's inputs.
 * @param newGraph an empty graph of the kind that runs best
 */
export async function startTraining(
  runtime: Runtime,
  create: (graph: Uint8Array) => Promise<InferenceSession>,
  stage: Stage,
  initial: TrainingState,
  newGraph: () => OnnxGraph,
): Promise<Training> {
  const { parameters, mean, square, nextParameters, nextMean, nextSquare } = TRAINING;
  const tensor = (data: Float32Array, dims: readonly number[]) => new runtime.Tensor("float32", data, dims);
  const scalar = (value: number) => tensor(Float32Array.of(value), []);
  const flat = (data: Float32Array) => tensor(data.slice(), [data.length]);
  const factors = stageDropouts(stage);
  const steps = await create(trainingGraph(stage, newGraph()));
  const losses = await create(lossGraph(stage, newGraph()));
  let held = {
    [parameters]: flat(initial.parameters),
    [mean]: flat(initial.mean),
    [square]: flat(initial.square),
  };
  // What the next step writes into: the tensors that the step before last has read.
  let spare = {
    [nextParameters]: flat(initial.parameters),
    [nextMean]: flat(initial.mean),
    [nextSquare]: flat(initial.square),
  };

  function feedsOf({
    shape,
    input,
    segmentationTarget,
    densityTarget,
  }: TrainingBatch): Record<string, Tensor> {
    const [count, height, width] = shape;
    const dims = [count, 1, height, width];
    return {
      [TRAINING.input]: tensor(input, dims),
      ...(stage.segmentation && { [TRAINING.segmentationTarget]: tensor(segmentationTarget!, dims) }),
      ...(stage.density && { [TRAINING.densityTarget]: tensor(densityTarget!, dims) }),
      [TRAINING.perSample]: scalar(1 / count),
      [TRAINING.perPixel]: scalar(1 / (count * height * width)),
    };
  }

  return {
    async step(batch, dropout, rate) {
      const [count, height, width] = batch.shape;
      const feeds: Record<string, Tensor> = { ...feedsOf(batch), ...held, [TRAINING.rate]: scalar(rate) };
      for (const { name, channels, scale } of factors) {
        feeds[name] = tensor(dropout.get(name)!, [count, channels, height / scale, width / scale]);
      }
      const outputs = await attempt("ONNX Runtime", () =>
        steps.run(feeds, { ...spare, [TRAINING.loss]: null }),
      );
      const read = held;
      held = { [parameters]: spare[nextParameters]!, [mean]: spare[nextMean]!, [square]: spare[nextSquare]! };
      spare = { [nextParameters]: read[parameters]!, [nextMean]: read[mean]!, [nextSquare]: read[square]! };
      return lossOf(outputs);
    },
    async loss(batch) {
      const feeds = { ...feedsOf(batch), [parameters]: held[parameters]! };
      return lossOf(await attempt("ONNX Runtime", () => losses.run(feeds)));
    },
    state: () => ({
      parameters: copyOf(held[parameters]),
      mean: copyOf(held[mean]),
      square: copyOf(held[square]),
    }),
    async dispose() {
      await steps.release();
      await losses.release();
    },
  };
}

function lossOf(outputs: InferenceSession.OnnxValueMapType): number {
  return (outputs[TRAINING.loss] as Tensor).data[0] as number;
}

function copyOf(tensor: Tensor | undefined): Float32Array {
  return (tensor!.data as Float32Array).slice();
}
