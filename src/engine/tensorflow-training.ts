import { ADAM } from "../graph/adam.js";
import { isFrozen, type Stage, stageDropouts, stageWeights } from "../graph/training.js";
import { elementCount } from "../model/weights.js";
import { attempt } from "./attempt.js";
import type { Training, TrainingBatch, TrainingState } from "./engine.js";
import { crossEntropy, densityLoss } from "./tensorflow-losses.js";
import { runLayers } from "./tensorflow-network.js";
import type { Tensor, Tfjs } from "./tfjs.js";

type State = Record<keyof TrainingState, Tensor>;

/**
 * A stage whose gradients TensorFlow.js finds. As in the graphs of ONNX Runtime, parameters and Adam's memory are three flat lists, so that Adam is a few operations and a checkpoint goes from
 * one engine to the other.
 */
export function startTensorFlowTraining(tf: Tfjs, stage: Stage, initial: TrainingState): Training {
  const specs = stageWeights(stage);
  const free = specs.filter((spec) => !isFrozen(stage, spec));
  // Copies: a tensor may share its memory with the array that it is made of.
  const flat = (list: Float32Array) => tf.tensor(list.slice(), [list.length]);
  let held: State = {
    parameters: flat(initial.parameters),
    mean: flat(initial.mean),
    square: flat(initial.square),
  };

  /** Each weight's part of the parameters, by name. */
  function weights(): Map<string, Tensor> {
    let start = 0;
    return new Map(
      specs.map(({ name, shape }) => {
        const length = elementCount(shape);
        const part = tf.reshape(tf.slice(held.parameters, start, length), shape);
        start += length;
        return [name, part];
      }),
    );
  }

  /** The loss of a batch as a function of the weights. */
  function lossOf(batch: TrainingBatch, dropout?: ReadonlyMap<string, Tensor>) {
    const maps = (values: Float32Array) => tf.tensor(values, [...batch.shape, 1]);
    const input = maps(batch.input);
    const mask = stage.segmentation ? maps(batch.segmentationTarget!) : undefined;
    const target = stage.density ? maps(batch.densityTarget!) : undefined;
    return (values: ReadonlyMap<string, Tensor>): Tensor => {
      const { beforeActivation } = runLayers(tf, stage.layers, input, values, dropout && { dropout });
      const losses = [
        ...(mask ? [crossEntropy(tf, beforeActivation.get("segmentation")!, mask)] : []),
        ...(target ? [densityOf(beforeActivation.get("density")!, target)] : []),
      ];
      return losses.reduce((sum, each) => tf.add(sum, each));
    };
  }

  function densityOf(density: Tensor, target: Tensor): Tensor {
    const { loss, lambda } = stage.density!;
    return densityLoss(tf, loss, lambda, density, target);
  }

  function factorsOf({ shape }: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>) {
    const [count, height, width] = shape;
    return new Map(
      stageDropouts(stage).map(({ name, channels, scale }) => {
        const factors = tf.tensor(dropout.get(name)!, [count, channels, height / scale, width / scale]);
        return [name, tf.transpose(factors, [0, 2, 3, 1])];
      }),
    );
  }

  /** The loss, and its gradient as a flat list, 0 for what is frozen. */
  function lossAndGradient(batch: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>) {
    const values = weights();
    const loss = lossOf(batch, factorsOf(batch, dropout));
    const names = free.map(({ name }) => name);
    const withFree = (...tensors: Tensor[]) =>
      loss(new Map([...values, ...tensors.map((tensor, i) => [names[i]!, tensor] as const)]));
    const { value, grads } = tf.valueAndGrads(withFree)(names.map((name) => values.get(name)!));
    const parts = specs.map((spec) => {
      const length = [elementCount(spec.shape)];
      return isFrozen(stage, spec) ? tf.zeros(length) : tf.reshape(grads[free.indexOf(spec)]!, length);
    });
    return { loss: value, gradient: tf.concat(parts, 0) };
  }

  return {
    step: (batch, dropout, rate) =>
      attempt("TensorFlow", async () => {
        const before = held;
        const { loss, next } = tf.tidy(() => {
          const { loss, gradient } = lossAndGradient(batch, dropout);
          return { loss: loss.dataSync()[0]!, next: adamStep(tf, before, gradient, rate) };
        });
        held = next;
        dispose(before);
        return loss;
      }),
    loss: (batch) =>
      attempt("TensorFlow", async () => tf.tidy(() => lossOf(batch)(weights()).dataSync()[0]!)),
    // What was never computed with is not copied by dataSync.
    state: () => ({
      parameters: held.parameters.dataSync().slice(),
      mean: held.mean.dataSync().slice(),
      square: held.square.dataSync().slice(),
    }),
    async dispose() {
      dispose(held);
    },
  };
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
