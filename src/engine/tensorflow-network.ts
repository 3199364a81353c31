import type { Activation, Head, LayerKind, LayerRow, RowOf, WeightedRow } from "../model/layer-rows.js";
import { headOf, type TracedLayer, WINDOW } from "../model/layers.js";
import type { Tensor, Tfjs } from "./tfjs.js";

/** What a part of a network makes of its input. */
export interface NetworkTensors {
  /** The last layer's output (F,H,W,C); of a softmax, the probability of an emitter. */
  output: Tensor;
  /**
   * Each head's map before its activation.
   * Of a softmax over two channels it is their difference, whose sigmoid is the second channel.
   */
  beforeActivation: ReadonlyMap<Head, Tensor>;
}

/** How frames become windows (N,3,H,W,C), and a window's maps become those of frames. */
export interface TensorWindows {
  join(tf: Tfjs, frames: Tensor): Tensor;
  part(tf: Tfjs, maps: Tensor): Tensor;
}

/** Every three frames are a window, and each window gives three maps. Training uses this. */
export const APART_TENSORS: TensorWindows = {
  join: (tf, frames) => {
    const [count, ...rest] = frames.shape as [number, ...number[]];
    return tf.reshape(frames, [count / WINDOW, WINDOW, ...rest]);
  },
  part: (tf, maps) => {
    const [count, frames, ...rest] = maps.shape as [number, number, ...number[]];
    return tf.reshape(maps, [count * frames, ...rest]);
  },
};

/**
 * Consecutive frames, at least three. Each gets its map from the window that it is the middle of.
 * The first and the last one get theirs from the windows at the ends.
 */
export const SEQUENCE_TENSORS: TensorWindows = {
  join: (tf, frames) => {
    const [count, ...rest] = frames.shape as [number, ...number[]];
    const windows = count - WINDOW + 1;
    const shifted = Array.from({ length: WINDOW }, (_, first) =>
      tf.reshape(tf.slice(frames, first, windows), [windows, 1, ...rest]),
    );
    return tf.concat(shifted, 1);
  },
  part: (tf, maps) => {
    const [count, , ...rest] = maps.shape as [number, number, ...number[]];
    const frame = (first: number, windows: number, t: number) =>
      tf.reshape(tf.slice(maps, [first, t, 0, 0, 0], [windows, 1, ...rest]), [windows, ...rest]);
    return tf.concat([frame(0, 1, 0), frame(0, count, 1), frame(count - 1, 1, 2)], 0);
  },
};

export interface TensorOptions {
  /** The factors (F,H,W,C) of dropout layers by name. A layer without factors changes nothing. */
  dropout?: ReadonlyMap<string, Tensor>;
  windows?: TensorWindows;
}

/**
 * Runs layers one after the other, in the order of the table.
 * @param value (F,H,W,C)
 * @param weights by name, in Keras' layout
 */
export function runLayers(
  tf: Tfjs,
  layers: readonly TracedLayer[],
  value: Tensor,
  weights: ReadonlyMap<string, Tensor>,
  { dropout = new Map(), windows = APART_TENSORS }: TensorOptions = {},
): NetworkTensors {
  const beforeActivation = new Map<Head, Tensor>();
  const perFrame = (map: Tensor) => (map.shape.length === 5 ? windows.part(tf, map) : map);
  let output = value;
  for (const { row, inChannels } of layers) {
    const context: Context = { tf, weights, dropout, windows, inChannels };
    const linear = (LINEAR[row.kind] as Run<LayerRow>)(context, output, row);
    const head = headOf(row);
    const before = "activation" in row && row.activation === "softmax" ? difference(tf, linear) : linear;
    if (head) beforeActivation.set(head, perFrame(before));
    output = "activation" in row ? ACTIVATIONS[row.activation](tf, before) : linear;
  }
  return { output: perFrame(output), beforeActivation };
}

interface Context extends Required<TensorOptions> {
  tf: Tfjs;
  weights: ReadonlyMap<string, Tensor>;
  inChannels: number;
}

/**
 * Computes a layer's output before its activation.
 * Values are (F,H,W,C), in windows (N,3,H,W,C).
 */
type Run<R> = (context: Context, x: Tensor, row: R) => Tensor;

const LINEAR: { readonly [K in LayerKind]: Run<RowOf<K>> } = {
  normalise: ({ tf }, frames) => {
    const axes = [1, 2, 3];
    const least = tf.min(frames, axes, true);
    return tf.divNoNan(tf.sub(frames, least), tf.sub(tf.max(frames, axes, true), least));
  },
  dropout: ({ tf, dropout, windows }, x, row) => {
    const factors = dropout.get(row.name);
    if (!factors) return x;
    return tf.mul(x, x.shape.length === 5 ? windows.join(tf, factors) : factors);
  },
  conv: (context, x, row) =>
    biased(context, context.tf.conv2d(x, kernelOf(context, row), row.stride, "same"), row),
  deconv: (context, x, row) => {
    const [count, height, width] = x.shape as [number, number, number, number];
    const shape = [count, 2 * height, 2 * width, row.filters];
    return biased(context, context.tf.conv2dTranspose(x, kernelOf(context, row), shape, 2, "same"), row);
  },
  // After a softmax, and in maps given as input, only the emitters' channel is there.
  window: ({ tf, windows, inChannels }, x) =>
    windows.join(tf, x.shape.at(-1)! < inChannels ? tf.concat([tf.sub(1, x), x], 3) : x),
  conv3d: (context, x, row) => {
    const strides = [1, row.stride, row.stride] as const;
    return biased(context, context.tf.conv3d(x, kernelOf(context, row), strides, "same"), row);
  },
  upsample: ({ tf }, x) => {
    const [count, frames, height, width, channels] = x.shape as [number, number, number, number, number];
    const maps = tf.reshape(x, [count * frames, height, width, channels]);
    const doubled = tf.image.resizeNearestNeighbor(maps, [2 * height, 2 * width]);
    return tf.reshape(doubled, [count, frames, 2 * height, 2 * width, channels]);
  },
};

/**
 * Each activation of a layer's linear output; of a softmax, of the difference of its two channels.
 */
const ACTIVATIONS: Record<Activation, (tf: Tfjs, x: Tensor) => Tensor> = {
  relu: (tf, x) => tf.relu(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  softmax: (tf, x) => tf.sigmoid(x),
  linear: (_, x) => x,
};

/** The second channel less the first. */
function difference(tf: Tfjs, x: Tensor): Tensor {
  const size = [...x.shape.slice(0, -1), 1];
  const channel = (at: number) => tf.slice(x, [...size.slice(0, -1).map(() => 0), at], size);
  return tf.sub(channel(1), channel(0));
}

function kernelOf({ weights }: Context, { name }: LayerRow): Tensor {
  return weights.get(`${name}/kernel`)!;
}

function biased({ tf, weights }: Context, x: Tensor, { name }: WeightedRow): Tensor {
  const bias = weights.get(`${name}/bias`);
  return bias ? tf.add(x, bias) : x;
}
