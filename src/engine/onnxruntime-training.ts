import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { OnnxGraph } from "../graph/onnx-graph.js";
import {
  type DropoutInput,
  lossGraph,
  type Stage,
  stageDropouts,
  TRAINING,
  trainingGraph,
} from "../graph/training.js";
import { attempt } from "./attempt.js";
import type { StageState, Training, TrainingBatch } from "./engine.js";
import type { Runtime } from "./onnxruntime-library.js";

/** A stage's graphs, ready to run. */
interface StageGraphs {
  /** One step, with its gradients. */
  step: InferenceSession;
  loss: InferenceSession;
}

/**
 * A stage in training whose steps are one ONNX graph.
 * Parameters and Adam's memory go from one step's outputs to the next one's inputs.
 */
export class OnnxRuntimeTraining implements Training {
  private readonly dropouts: readonly DropoutInput[];
  private held: Record<keyof StageState, Tensor>;
  /** What the next step writes into: the tensors that the step before last has read. */
  private spare: Record<keyof StageState, Tensor>;

  private constructor(
    private readonly runtime: Runtime,
    private readonly graphs: StageGraphs,
    private readonly stage: Stage,
    initial: StageState,
  ) {
    this.dropouts = stageDropouts(stage);
    this.held = this.copies(initial);
    this.spare = this.copies(initial);
  }

  /** @param newGraph an empty graph of the kind that runs best */
  static async start(
    runtime: Runtime,
    create: (graph: Uint8Array) => Promise<InferenceSession>,
    stage: Stage,
    initial: StageState,
    newGraph: () => OnnxGraph,
  ): Promise<OnnxRuntimeTraining> {
    const step = await create(trainingGraph(stage, newGraph()));
    const loss = await create(lossGraph(stage, newGraph()));
    return new OnnxRuntimeTraining(runtime, { step, loss }, stage, initial);
  }

  async step(
    batch: TrainingBatch,
    dropout: ReadonlyMap<string, Float32Array>,
    rate: number,
  ): Promise<number> {
    const { held, spare } = this;
    const feeds = {
      ...this.feedsOf(batch),
      ...this.factorsOf(batch, dropout),
      [TRAINING.parameters]: held.parameters,
      [TRAINING.mean]: held.mean,
      [TRAINING.square]: held.square,
      [TRAINING.rate]: this.scalar(rate),
    };
    const fetches = {
      [TRAINING.loss]: null,
      [TRAINING.nextParameters]: spare.parameters,
      [TRAINING.nextMean]: spare.mean,
      [TRAINING.nextSquare]: spare.square,
    };
    const outputs = await attempt("ONNX Runtime", () => this.graphs.step.run(feeds, fetches));
    this.held = spare;
    this.spare = held;
    return lossOf(outputs);
  }

  async loss(batch: TrainingBatch): Promise<number> {
    const feeds = { ...this.feedsOf(batch), [TRAINING.parameters]: this.held.parameters };
    return lossOf(await attempt("ONNX Runtime", () => this.graphs.loss.run(feeds)));
  }

  state(): StageState {
    const { parameters, mean, square } = this.held;
    return { parameters: copyOf(parameters), mean: copyOf(mean), square: copyOf(square) };
  }

  async dispose(): Promise<void> {
    await this.graphs.step.release();
    await this.graphs.loss.release();
  }

  private feedsOf(batch: TrainingBatch): Record<string, Tensor> {
    const { input, segmentationTarget, densityTarget } = batch;
    const [count, height, width] = batch.shape;
    const dims = [count, 1, height, width];
    return {
      [TRAINING.input]: this.tensor(input, dims),
      ...(this.stage.segmentation && {
        [TRAINING.segmentationTarget]: this.tensor(segmentationTarget!, dims),
      }),
      ...(this.stage.density && { [TRAINING.densityTarget]: this.tensor(densityTarget!, dims) }),
      [TRAINING.perSample]: this.scalar(1 / count),
      [TRAINING.perPixel]: this.scalar(1 / (count * height * width)),
    };
  }

  private factorsOf(
    { shape }: TrainingBatch,
    dropout: ReadonlyMap<string, Float32Array>,
  ): Record<string, Tensor> {
    const [count, height, width] = shape;
    const factors = this.dropouts.map(({ name, channels, scale }) => {
      const dims = [count, channels, height / scale, width / scale];
      return [name, this.tensor(dropout.get(name)!, dims)] as const;
    });
    return Object.fromEntries(factors);
  }

  private copies({ parameters, mean, square }: StageState): Record<keyof StageState, Tensor> {
    const flat = (data: Float32Array) => this.tensor(data.slice(), [data.length]);
    return { parameters: flat(parameters), mean: flat(mean), square: flat(square) };
  }

  private tensor(data: Float32Array, dims: readonly number[]): Tensor {
    return new this.runtime.Tensor("float32", data, dims);
  }

  private scalar(value: number): Tensor {
    return this.tensor(Float32Array.of(value), []);
  }
}

function lossOf(outputs: InferenceSession.OnnxValueMapType): number {
  return (outputs[TRAINING.loss] as Tensor).data[0] as number;
}

function copyOf(tensor: Tensor): Float32Array {
  return (tensor.data as Float32Array).slice();
}
