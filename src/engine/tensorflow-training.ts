import { ADAM } from "../graph/adam.js";
import { isFrozen, type Stage, stageDropouts, stageWeights } from "../graph/training.js";
import type { WeightSpec } from "../model/layer-kinds.js";
import { elementCount } from "../model/weights.js";
import { attempt } from "./attempt.js";
import type { StageState, Training, TrainingBatch } from "./engine.js";
import { crossEntropy, densityLoss } from "./tensorflow-losses.js";
import { runLayers } from "./tensorflow-network.js";
import type { Tensor, Tfjs } from "./tfjs.js";

type State = Record<keyof StageState, Tensor>;

/**
 * A stage in training whose gradients TensorFlow.js finds.
 * As in the graphs of ONNX Runtime, parameters and Adam's memory are three flat lists. Adam is then
 * a few operations, and a checkpoint of one engine fits the other.
 */
export class TensorFlowTraining implements Training {
  private readonly specs: readonly WeightSpec[];
  /** Those that are trained. */
  private readonly free: readonly WeightSpec[];
  private held: State;

  constructor(
    private readonly tf: Tfjs,
    private readonly stage: Stage,
    initial: StageState,
  ) {
    this.specs = stageWeights(stage);
    this.free = this.specs.filter((spec) => !isFrozen(stage, spec));
    // Copies: a tensor may share its memory with the array that it is made of.
    const flat = (list: Float32Array) => tf.tensor(list.slice(), [list.length]);
    this.held = {
      parameters: flat(initial.parameters),
      mean: flat(initial.mean),
      square: flat(initial.square),
    };
  }

  step(batch: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>, rate: number): Promise<number> {
    const { tf } = this;
    return attempt("TensorFlow", async () => {
      const before = this.held;
      const { loss, next } = tf.tidy(() => {
        const { loss, gradient } = this.lossAndGradient(batch, dropout);
        return { loss: loss.dataSync()[0]!, next: adamStep(tf, before, gradient, rate) };
      });
      this.held = next;
      dispose(before);
      return loss;
    });
  }

  loss(batch: TrainingBatch): Promise<number> {
    return attempt("TensorFlow", async () =>
      this.tf.tidy(() => this.lossOf(batch)(this.weights()).dataSync()[0]!),
    );
  }

  state(): StageState {
    const { parameters, mean, square } = this.held;
    // Copies: dataSync gives a tensor's own memory where nothing has computed with it yet.
    return {
      parameters: parameters.dataSync().slice(),
      mean: mean.dataSync().slice(),
      square: square.dataSync().slice(),
    };
  }

  async dispose(): Promise<void> {
    dispose(this.held);
  }

  /** Each weight's part of the parameters, by name. */
  private weights(): Map<string, Tensor> {
    const { tf, held } = this;
    let start = 0;
    return new Map(
      this.specs.map(({ name, shape }) => {
        const length = elementCount(shape);
        const part = tf.reshape(tf.slice(held.parameters, start, length), shape);
        start += length;
        return [name, part];
      }),
    );
  }

  /** The loss of a batch as a function of the weights. */
  private lossOf(batch: TrainingBatch, dropout?: ReadonlyMap<string, Tensor>) {
    const { tf, stage } = this;
    const maps = (values: Float32Array) => tf.tensor(values, [...batch.shape, 1]);
    const input = maps(batch.input);
    const mask = stage.segmentation ? maps(batch.segmentationTarget!) : undefined;
    const target = stage.density ? maps(batch.densityTarget!) : undefined;
    return (values: ReadonlyMap<string, Tensor>): Tensor => {
      const { beforeActivation } = runLayers(tf, stage.layers, input, values, dropout && { dropout });
      const losses = [
        ...(mask ? [crossEntropy(tf, beforeActivation.get("segmentation")!, mask)] : []),
        ...(target ? [this.densityOf(beforeActivation.get("density")!, target)] : []),
      ];
      return losses.reduce((sum, each) => tf.add(sum, each));
    };
  }

  private densityOf(density: Tensor, target: Tensor): Tensor {
    const { loss, lambda } = this.stage.density!;
    return densityLoss(this.tf, loss, lambda, density, target);
  }

  /** Dropout's factors as tensors with channels last. */
  private factorsOf({ shape }: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>) {
    const { tf } = this;
    const [count, height, width] = shape;
    return new Map(
      stageDropouts(this.stage).map(({ name, channels, scale }) => {
        const factors = tf.tensor(dropout.get(name)!, [count, channels, height / scale, width / scale]);
        return [name, tf.transpose(factors, [0, 2, 3, 1])];
      }),
    );
  }

  /** The loss, and its gradient as a flat list with 0 for what is frozen. */
  private lossAndGradient(batch: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>) {
    const { tf, stage, free } = this;
    const values = this.weights();
    const loss = this.lossOf(batch, this.factorsOf(batch, dropout));
    const names = free.map(({ name }) => name);
    const withFree = (...tensors: Tensor[]) =>
      loss(new Map([...values, ...tensors.map((tensor, i) => [names[i]!, tensor] as const)]));
    const { value, grads } = tf.valueAndGrads(withFree)(names.map((name) => values.get(name)!));
    const parts = this.specs.map((spec) => {
      const length = [elementCount(spec.shape)];
      return isFrozen(stage, spec) ? tf.zeros(length) : tf.reshape(grads[free.indexOf(spec)]!, length);
    });
    return { loss: value, gradient: tf.concat(parts, 0) };
  }
}

/** One update of all parameters, as {@link addAdam} has it. */
function adamStep(tf: Tfjs, state: State, gradient: Tensor, rate: number): State {
  const { beta1, beta2, epsilon } = ADAM;
  const decayed = (value: Tensor, beta: number, fresh: Tensor) =>
    tf.add(tf.mul(value, beta), tf.mul(fresh, 1 - beta));
  const mean = decayed(state.mean, beta1, gradient);
  const square = decayed(state.square, beta2, tf.square(gradient));
  const step = tf.mul(tf.div(mean, tf.add(tf.sqrt(square), epsilon)), rate);
  return { parameters: tf.sub(state.parameters, step), mean, square };
}

function dispose(state: State): void {
  for (const tensor of Object.values(state)) tensor.dispose();
}
