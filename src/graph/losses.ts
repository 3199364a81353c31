import type { Tape } from "./tape.js";

/** The losses of the density head. */
export const DENSITY_LOSSES = ["pixel_count", "pixel", "pixel_area", "relative_count"] as const;
export type DensityLoss = (typeof DENSITY_LOSSES)[number];

/** Side of the boxes whose means pixel_area compares, pixels. */
export const AREA_SIDE = 12;

/** Names of scalars that turn sums over a whole batch into means, also where a graph sees part of the batch. */
export interface BatchMeans {
  /** 1 / N */
  perSample: string;
  /** 1 / (N H W) */
  perPixel: string;
}

/**
 * Binary cross-entropy, mean over pixels, from the map before its sigmoid: log(1 + exp(z)) - z t, which does not lose digits where the
 * sigmoid is near 0 or 1.
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
 * - pixel_area: mean over pixels of (p - t)^2 + lambda times the mean over samples of the sum, over all 12x12 boxes inside the frame, of the squared difference of the boxes' means
 * - relative_count: mean over samples of sum (p - t)^2 / d + lambda ((sum p - sum t) / d)^2, d = 1 + max(sum p, sum t / 2), so that crowded samples, whose errors are larger, do not drown the others. d is a
 *   constant to the gradient, as in iteratively reweighted least squares: the gradient still vanishes at the expectation of t given the frame, from which a divisor made of t alone would lead downwards.
 *   The half of sum t bounds the steps of a network that sees nothing yet
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
  if (kind === "relative_count") return relativeCount(tape, lambda, difference, target, perSample);
  const squares = sumOfSquares(tape, difference);
  const pixels = tape.apply("multiply", [squares, kind === "pixel_area" ? perPixel : perSample], undefined);
  if (kind === "pixel" || lambda === 0) return pixels;
  const larger =
    kind === "pixel_area" ? boxMeans(tape, difference) : tape.apply("sumOfSample", [difference], undefined);
  const mean = tape.apply("multiply", [sumOfSquares(tape, larger), perSample], undefined);
  const weighted = tape.apply("multiply", [mean, tape.graph.scalar(lambda)], undefined);
  return tape.apply("add", [pixels, weighted], undefined);
}

function relativeCount(
  tape: Tape,
  lambda: number,
  difference: string,
  target: string,
  perSample: string,
): string {
  const { graph } = tape;
  const pixels = tape.apply("sumOfSample", [tape.apply("square", [difference], undefined)], undefined);
  const excess = tape.apply("sumOfSample", [difference], undefined);
  const emitters = graph.add("ReduceSum", [target, graph.integers([1, 2, 3])], { keepdims: 1 });
  const predicted = graph.add("Add", [emitters, excess]);
  const bounded = graph.add("Max", [predicted, graph.add("Mul", [emitters, graph.scalar(0.5)])]);
  const weight = graph.add("Reciprocal", [graph.add("Add", [bounded, graph.scalar(1)])]);
  const relative = tape.apply("multiply", [excess, weight], undefined);
  const count = tape.apply(
    "multiply",
    [tape.apply("square", [relative], undefined), graph.scalar(lambda)],
    undefined,
  );
  const both = tape.apply("add", [tape.apply("multiply", [pixels, weight], undefined), count], undefined);
  return tape.apply("multiply", [tape.apply("sum", [both], undefined), perSample], undefined);
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
