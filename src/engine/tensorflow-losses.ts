import { AREA_SIDE, type DensityLoss } from "../graph/losses.js";
import type { Tensor, Tfjs } from "./tfjs.js";

/** Of a sample. */
const SAMPLE_AXES = [1, 2, 3];

/**
 * Binary cross-entropy, as {@link addCrossEntropy} has it.
 * @param logits (N,H,W,1)
 * @param target (N,H,W,1), 0 or 1
 */
export function crossEntropy(tf: Tfjs, logits: Tensor, target: Tensor): Tensor {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target)));
}

/**
 * The losses that {@link addDensityLoss} describes.
 * @param density (N,H,W,1)
 * @param target (N,H,W,1)
 */
export function densityLoss(
  tf: Tfjs,
  kind: DensityLoss,
  lambda: number,
  density: Tensor,
  target: Tensor,
): Tensor {
  return LOSSES[kind](tf, tf.sub(density, target), lambda, target);
}

/** By name: of the difference between map and target, with the weight of the second term. */
const LOSSES: Record<DensityLoss, (tf: Tfjs, difference: Tensor, lambda: number, target: Tensor) => Tensor> =
  {
    pixel_count: (tf, difference, lambda) => {
      const counts = meanOverSamples(tf, ofSample(tf, difference));
      return tf.add(meanOverSamples(tf, difference), tf.mul(counts, lambda));
    },
    pixel: (tf, difference) => meanOverSamples(tf, difference),
    pixel_area: (tf, difference, lambda) => {
      const pixels = tf.mean(tf.square(difference));
      // No box fits into a smaller frame; with a weight of 0 it need not.
      if (lambda === 0) return pixels;
      const boxes = meanOverSamples(tf, tf.avgPool(difference, AREA_SIDE, 1, "valid"));
      return tf.add(pixels, tf.mul(boxes, lambda));
    },
    relative_count: (tf, difference, lambda, target) => {
      const excess = ofSample(tf, difference);
      const emitters = ofSample(tf, target);
      const seen = tf.maximum(tf.add(emitters, excess), tf.mul(emitters, 0.5));
      const divisor = constant(tf, tf.add(seen, 1));
      const pixels = tf.div(ofSample(tf, tf.square(difference)), divisor);
      const counts = tf.square(tf.div(excess, divisor));
      return tf.mean(tf.add(pixels, tf.mul(counts, lambda)));
    },
  };

/** (N,1,1,1) */
function ofSample(tf: Tfjs, value: Tensor): Tensor {
  return tf.sum(value, SAMPLE_AXES, true);
}

/** Mean over samples of the sum of a sample's squares. */
function meanOverSamples(tf: Tfjs, value: Tensor): Tensor {
  return tf.mean(ofSample(tf, tf.square(value)));
}

/** The same value, through which no gradient goes. */
function constant(tf: Tfjs, value: Tensor): Tensor {
  return tf.customGrad((x) => ({ value: tf.clone(x), gradFunc: (dy) => tf.zerosLike(dy) }))(value);
}
