import type { OnnxGraph } from "./onnx-graph.js";
import { Tape } from "./tape.js";

/** The losses of the density head. */
export const DENSITY_LOSSES = [
  "pixel_count",
  "pixel",
  "pixel_area",
  "relative_count",
  "local_count",
  "log_local_count",
  "log_max_local_count",
] as const;
export type DensityLoss = (typeof DENSITY_LOSSES)[number];

/** Side of the boxes whose means pixel_area compares, pixels. */
export const AREA_SIDE = 12;

/** Distance between the windows of local_count, pixels. Sides of frames are multiples of it. */
export const LOCAL_STRIDE = 4;
/**
 * The windows of local_count: the max local count's, and one as wide as the network's view.
 * Windows overlap: a weight of 16 / 49 counts each pixel once.
 */
export const LOCAL_SQUARES = [
  { side: 7, weight: LOCAL_STRIDE ** 2 / 7 ** 2 },
  { side: 16, weight: (0.5 * LOCAL_STRIDE ** 2) / 7 ** 2 },
] as const;
/** Expected variance of an empty square's sum, emitters². */
export const LOCAL_FLOOR = 0.3;
/** Weight of the squared errors of pixels in local_count. */
export const LOCAL_PIXELS = 0.5;
/**
 * The unit of a sample's loss in the logarithm of log_local_count.
 * A sample whose loss is well below it gains little from being counted still better.
 */
export const LOG_UNIT = 0.3;

/** Weight of the max local count's squared relative error in log_max_local_count. */
export const HIGHEST_WEIGHT = 2;

/** The losses that compare windows, and what they do besides. */
const LOCAL_LOSSES: { readonly [K in DensityLoss]?: { logarithm: boolean; highest: boolean } } = {
  local_count: { logarithm: false, highest: false },
  log_local_count: { logarithm: true, highest: false },
  log_max_local_count: { logarithm: true, highest: true },
};

/**
 * Names of scalars that turn sums over a batch into means over the whole batch.
 * They hold also where a graph sees only a part of the batch.
 */
export interface BatchMeans {
  /** 1 / N */
  perSample: string;
  /** 1 / (N H W) */
  perPixel: string;
}

/**
 * Binary cross-entropy, mean over pixels, from the map before its sigmoid: log(1 + exp(z)) - z t.
 * This form keeps its digits where the sigmoid is near 0 or 1.
 * @param logits (N,1,H,W)
 * @param target (N,1,H,W), 0 or 1
 */
export function addCrossEntropy(
  tape: Tape,
  logits: string,
  target: string,
  { perPixel }: BatchMeans,
): string {
  const positive = tape.apply("softplus", [logits], undefined);
  const chosen = tape.apply("multiply", [logits, target], undefined);
  const loss = tape.apply("subtract", [positive, chosen], undefined);
  return tape.apply("multiply", [tape.apply("sum", [loss], undefined), perPixel], undefined);
}

/**
 * The density head's loss, with p the map and t its target, (N,1,H,W):
 * - pixel_count: mean over samples of sum (p - t)^2 + lambda (sum p - sum t)^2
 * - pixel: the same with lambda = 0
 * - pixel_area: mean over pixels of (p - t)^2, plus lambda times the mean over samples of a sum
 *   over all 12x12 boxes inside the frame: the squared differences of the boxes' means
 * - relative_count: mean over samples of sum (p - t)^2 / d + lambda ((sum p - sum t) / d)^2 with d
 *   = 1 + max(sum p, sum t / 2). Crowded samples have larger errors; without d they would drown the
 *   others. The gradient takes d as a constant, as in iteratively reweighted least squares. So it
 *   still vanishes where p is the expectation of t given the frame; a divisor made of t alone would
 *   lead to less. The half of sum t limits the steps of a network that sees nothing yet
 * - local_count: mean over samples of (sum (p - t)^2 / 2 + sum over windows of weight (P - T)^2 /
 *   (0.3 + max(P, T / 2))) / d + lambda ((sum p - sum t) / d)^2. P and T are the sums of p and t
 *   over windows of 7x7 and 16x16 pixels ({@link LOCAL_SQUARES}), d is as above. The variance of a
 *   count is expected to be the count, so that each square has the weight of what it tells. The
 *   gradient takes all divisors as constants
 * - log_local_count: mean over samples of log(1 + l / 0.3), with l the sample's local_count. The
 *   same relative gain weighs the same in a frame that is easy to count and in a hard one: the
 *   least value is that of the samples' geometric mean. The gradient is that of local_count, each
 *   sample's divided by 0.3 + l
 * - log_max_local_count: the same with l + 2 ((M - L) / (0.3 + max(M, L / 2)))^2 in place of l. M
 *   and L are the largest sums of p and t over 7x7 pixels, anywhere in the frame. The largest of
 *   many sums that are each right on average is less than the largest true one; only this term
 *   tells
 */
export function addDensityLoss(
  tape: Tape,
  kind: DensityLoss,
  lambda: number,
  density: string,
  target: string,
  { perSample, perPixel }: BatchMeans,
): string {
  const difference = tape.apply("subtract", [density, target], undefined);
  const local = LOCAL_LOSSES[kind];
  if (local || kind === "relative_count") {
    const pixels = tape.apply("sumOfSample", [tape.apply("square", [difference], undefined)], undefined);
    const errors = local ? localErrors(tape, difference, target, pixels) : pixels;
    let losses = relativeToCount(tape, lambda, difference, target, errors);
    if (local?.highest) losses = tape.apply("add", [losses, highestError(tape, density, target)], undefined);
    const terms = local?.logarithm ? logarithms(tape, losses) : losses;
    return tape.apply("multiply", [tape.apply("sum", [terms], undefined), perSample], undefined);
  }
  const squares = sumOfSquares(tape, difference);
  const pixels = tape.apply("multiply", [squares, kind === "pixel_area" ? perPixel : perSample], undefined);
  if (kind === "pixel" || lambda === 0) return pixels;
  const larger =
    kind === "pixel_area" ? boxMeans(tape, difference) : tape.apply("sumOfSample", [difference], undefined);
  const mean = tape.apply("multiply", [sumOfSquares(tape, larger), perSample], undefined);
  return tape.apply("add", [pixels, scaled(tape, mean, lambda)], undefined);
}

/**
 * Gives errors / d + lambda ((sum p - sum t) / d)^2 of each sample, (N,1,1,1).
 * @param errors (N,1,1,1)
 */
function relativeToCount(
  tape: Tape,
  lambda: number,
  difference: string,
  target: string,
  errors: string,
): string {
  const { graph } = tape;
  const excess = tape.apply("sumOfSample", [difference], undefined);
  const emitters = graph.add("ReduceSum", [target, graph.integers([1, 2, 3])], { keepdims: 1 });
  const weight = inverseCount(graph, emitters, excess, 1);
  const relative = tape.apply("multiply", [excess, weight], undefined);
  const count = scaled(tape, tape.apply("square", [relative], undefined), lambda);
  return tape.apply("add", [tape.apply("multiply", [errors, weight], undefined), count], undefined);
}

function logarithms(tape: Tape, losses: string): string {
  const units = scaled(tape, losses, 1 / LOG_UNIT);
  return tape.apply("log", [tape.apply("add", [units, tape.graph.scalar(1)], undefined)], undefined);
}

/**
 * The squared errors of pixels and windows, (N,1,1,1).
 * Each square's is divided by its expected variance.
 */
function localErrors(tape: Tape, difference: string, target: string, pixels: string): string {
  return LOCAL_SQUARES.reduce(
    (sum, { side, weight }) => {
      const excess = squareSums(tape, difference, side);
      // No gradient of the target's sums is needed: they are on a tape of their own.
      const emitters = squareSums(new Tape(tape.graph), target, side);
      const inverse = inverseCount(tape.graph, emitters, excess, LOCAL_FLOOR);
      const errors = tape.apply("multiply", [tape.apply("square", [excess], undefined), inverse], undefined);
      const total = scaled(tape, tape.apply("sumOfSample", [errors], undefined), weight);
      return tape.apply("add", [sum, total], undefined);
    },
    scaled(tape, pixels, LOCAL_PIXELS),
  );
}

/** The squared relative error of the max local count, weighted, (N,1,1,1). */
function highestError(tape: Tape, density: string, target: string): string {
  const side = LOCAL_SQUARES[0].side;
  const predicted = tape.apply("maxOfSample", [squareSums(tape, density, side, 1)], undefined);
  // No gradient of the target's maximum is needed: it is on a tape of its own.
  const apart = new Tape(tape.graph);
  const emitters = apart.apply("maxOfSample", [squareSums(apart, target, side, 1)], undefined);
  const excess = tape.apply("subtract", [predicted, emitters], undefined);
  const inverse = inverseCount(tape.graph, emitters, excess, LOCAL_FLOOR);
  const relative = tape.apply("multiply", [excess, inverse], undefined);
  return scaled(tape, tape.apply("square", [relative], undefined), HIGHEST_WEIGHT);
}

/**
 * Gives 1 / (least + max(P, T / 2)) for T emitters and P = T + excess predicted ones.
 * The gradient takes it as a constant.
 */
function inverseCount(graph: OnnxGraph, emitters: string, excess: string, least: number): string {
  const predicted = graph.add("Add", [emitters, excess]);
  const bounded = graph.add("Max", [predicted, graph.add("Mul", [emitters, graph.scalar(0.5)])]);
  return graph.add("Reciprocal", [graph.add("Add", [bounded, graph.scalar(least)])]);
}

/**
 * Sums over windows at every `stride`th pixel.
 * The sum of a square that reaches beyond the map is over the part inside.
 */
function squareSums(tape: Tape, value: string, side: number, stride: 1 | 4 = LOCAL_STRIDE): string {
  const ones = new Float32Array(side ** 2).fill(1);
  const before = Math.floor((side - stride) / 2);
  return tape.apply("conv", [value, tape.graph.constant(`square_${side}`, [1, 1, side, side], ones)], {
    kernel: side,
    stride,
    pads: [before, side - stride - before],
    inChannels: 1,
    outChannels: 1,
  });
}

function scaled(tape: Tape, value: string, factor: number): string {
  return tape.apply("multiply", [value, tape.graph.scalar(factor)], undefined);
}

function sumOfSquares(tape: Tape, value: string): string {
  return tape.apply("sum", [tape.apply("square", [value], undefined)], undefined);
}

function boxMeans(tape: Tape, value: string): string {
  const values = new Float32Array(AREA_SIDE ** 2).fill(1 / AREA_SIDE ** 2);
  const box = tape.graph.constant("area_box", [1, 1, AREA_SIDE, AREA_SIDE], values);
  return tape.apply("conv", [value, box], {
    kernel: AREA_SIDE,
    stride: 1,
    pads: [0, 0],
    inChannels: 1,
    outChannels: 1,
  });
}
