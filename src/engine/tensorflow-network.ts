import type { Activation, ConvRow, DeconvRow, Head, TracedLayer } from "../model/layers.js";
import type { Tensor, Tfjs } from "./tfjs.js";

/** What a stretch of a network makes of its input. */
export interface NetworkMaps {
  /** The last layer's output. */
  output: Tensor;
  /** Each head's map before its activation. */
  beforeActivation: ReadonlyMap<Head, Tensor>;
}

/**
 * Runs layers one after the other, as the table has them.
 * @param value (N,H,W,C)
 * @param weights by name, in Keras' layout
 * @param dropout the factors (N,H,W,C) of dropout layers by name; a layer without passes everything on
 */
export function runLayers(
  tf: Tfjs,
  layers: readonly TracedLayer[],
  value: Tensor,
  weights: ReadonlyMap<string, Tensor>,
  dropout: ReadonlyMap<string, Tensor> = new Map(),
): NetworkMaps {
  const beforeActivation = new Map<Head, Tensor>();
  let output = value;
  for (const { row } of layers) {
    if (row.kind === "normalise") {
      output = normalised(tf, output);
    } else if (row.kind === "dropout") {
      const factors = dropout.get(row.name);
      if (factors) output = tf.mul(output, factors);
    } else {
      const linear = row.kind === "conv" ? conv(tf, output, row, weights) : deconv(tf, output, row, weights);
      if (row.kind === "conv" && row.head) beforeActivation.set(row.head, linear);
      output = ACTIVATIONS[row.activation](tf, linear);
    }
  }
  return { output, beforeActivation };
}

const ACTIVATIONS: Record<Activation, (tf: Tfjs, x: Tensor) => Tensor> = {
  relu: (tf, x) => tf.relu(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  linear: (_, x) => x,
};

/** Frame by frame to [0, 1], a constant frame to zeros. */
function normalised(tf: Tfjs, frames: Tensor): Tensor {
  const axes = [1, 2, 3];
  const least = tf.min(frames, axes, true);
  return tf.divNoNan(tf.sub(frames, least), tf.sub(tf.max(frames, axes, true), least));
}

function conv(tf: Tfjs, x: Tensor, row: ConvRow, weights: ReadonlyMap<string, Tensor>): Tensor {
  const linear = tf.conv2d(x, weights.get(`${row.name}/kernel`)!, row.stride, "same");
  return row.bias ? tf.add(linear, weights.get(`${row.name}/bias`)!) : linear;
}

function deconv(tf: Tfjs, x: Tensor, row: DeconvRow, weights: ReadonlyMap<string, Tensor>): Tensor {
  const [count, height, width] = x.shape as [number, number, number, number];
  const shape = [count, 2 * height, 2 * width, row.filters];
  const linear = tf.conv2dTranspose(x, weights.get(`${row.name}/kernel`)!, shape, 2, "same");
  return tf.add(linear, weights.get(`${row.name}/bias`)!);
}
