import {
  AREA_SIDE,
  type DensityLoss,
  HIGHEST_WEIGHT,
  LOCAL_FLOOR,
  LOCAL_PIXELS,
  LOCAL_SQUARES,
  LOCAL_STRIDE,
  LOG_UNIT,
} from "../graph/losses.js";
import type { Tensor, Tfjs } from "./tfjs.js";

/** The axes of a sample. */
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

/**
 * The losses by name, each of the difference between map and target.
 * `lambda` is the second term's weight.
 */
const LOSSES: Record<DensityLoss, (tf: Tfjs, difference: Tensor, lambda: number, target: Tensor) => Tensor> =
  {
    pixel_count: (tf, difference, lambda) => {
      const counts = meanOverSamples(tf, ofSample(tf, difference));
      return tf.add(meanOverSamples(tf, difference), tf.mul(counts, lambda));
    },
    pixel: (tf, difference) => meanOverSamples(tf, difference),
    pixel_area: (tf, difference, lambda) => {
      const pixels = tf.mean(tf.square(difference));
      // No box fits into a smaller frame. With a weight of 0 none has to.
      if (lambda === 0) return pixels;
      const boxes = meanOverSamples(tf, tf.avgPool(difference, AREA_SIDE, 1, "valid"));
      return tf.add(pixels, tf.mul(boxes, lambda));
    },
    relative_count: (tf, difference, lambda, target) =>
      tf.mean(relativeToCount(tf, difference, lambda, target, ofSample(tf, tf.square(difference)))),
    local_count: (tf, difference, lambda, target) =>
      tf.mean(relativeToCount(tf, difference, lambda, target, localErrors(tf, difference, target))),
    log_local_count: (tf, difference, lambda, target) =>
      meanLogarithm(tf, relativeToCount(tf, difference, lambda, target, localErrors(tf, difference, target))),
    log_max_local_count: (tf, difference, lambda, target) => {
      const losses = relativeToCount(tf, difference, lambda, target, localErrors(tf, difference, target));
      return meanLogarithm(tf, tf.add(losses, highestError(tf, difference, target)));
    },
  };

/** @param losses (N,1,1,1) */
function meanLogarithm(tf: Tfjs, losses: Tensor): Tensor {
  return tf.mean(tf.log(tf.add(tf.mul(losses, 1 / LOG_UNIT), 1)));
}

/** The squared relative error of the max local count, weighted, (N,1,1,1). */
function highestError(tf: Tfjs, difference: Tensor, target: Tensor): Tensor {
  const side = LOCAL_SQUARES[0].side;
  const highest = (map: Tensor) => tf.max(squareSums(tf, map, side, 1), SAMPLE_AXES, true);
  const emitters = highest(target);
  const excess = tf.sub(highest(tf.add(difference, target)), emitters);
  const relative = tf.div(excess, expectedCount(tf, emitters, excess, LOCAL_FLOOR));
  return tf.mul(tf.square(relative), HIGHEST_WEIGHT);
}

/**
 * The squared errors of pixels and windows, (N,1,1,1).
 * Each square's is divided by its expected variance.
 */
function localErrors(tf: Tfjs, difference: Tensor, target: Tensor): Tensor {
  return LOCAL_SQUARES.reduce(
    (sum, { side, weight }) => {
      const [excess, emitters] = [squareSums(tf, difference, side), squareSums(tf, target, side)];
      const squares = tf.div(tf.square(excess), expectedCount(tf, emitters, excess, LOCAL_FLOOR));
      return tf.add(sum, tf.mul(ofSample(tf, squares), weight));
    },
    tf.mul(ofSample(tf, tf.square(difference)), LOCAL_PIXELS),
  );
}

/**
 * Gives errors / d + lambda ((sum p - sum t) / d)^2 of each sample, (N,1,1,1).
 * @param errors (N,1,1,1)
 */
function relativeToCount(
  tf: Tfjs,
  difference: Tensor,
  lambda: number,
  target: Tensor,
  errors: Tensor,
): Tensor {
  const excess = ofSample(tf, difference);
  const divisor = expectedCount(tf, ofSample(tf, target), excess, 1);
  const counts = tf.square(tf.div(excess, divisor));
  return tf.add(tf.div(errors, divisor), tf.mul(counts, lambda));
}

/**
 * Gives least + max(P, T / 2) for T emitters and P = T + excess predicted ones.
 * The gradient takes it as a constant.
 */
function expectedCount(tf: Tfjs, emitters: Tensor, excess: Tensor, least: number): Tensor {
  return constant(tf, tf.add(tf.maximum(tf.add(emitters, excess), tf.mul(emitters, 0.5)), least));
}

/** Sums over windows at every `stride`th pixel. @param value (N,H,W,1) */
function squareSums(tf: Tfjs, value: Tensor, side: number, stride = LOCAL_STRIDE): Tensor {
  const ones = tf.tensor(new Float32Array(side ** 2).fill(1), [side, side, 1, 1]);
  return tf.conv2d(value, ones, stride, "same");
}

/** Sums over each sample, (N,1,1,1). */
function ofSample(tf: Tfjs, value: Tensor): Tensor {
  return tf.sum(value, SAMPLE_AXES, true);
}

/** Mean over samples of the sum of a sample's squares. */
function meanOverSamples(tf: Tfjs, value: Tensor): Tensor {
  return tf.mean(ofSample(tf, tf.square(value)));
}

/** The same value. No gradient passes through it. */
function constant(tf: Tfjs, value: Tensor): Tensor {
  return tf.customGrad((x) => ({ value: tf.clone(x), gradFunc: (dy) => tf.zerosLike(dy) }))(value);
}
