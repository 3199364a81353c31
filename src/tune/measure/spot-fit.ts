/** The Gaussian nearest to a spot. */
export interface SpotFit {
  /** Pixels from the middle of the first pixel. */
  x: number;
  y: number;
  /** Variances and covariance, pixels², including the integration over a pixel. */
  xx: number;
  yy: number;
  xy: number;
  /** Sum of its image, counts. */
  light: number;
}

const ITERATIONS = 40;
/** Relative change of the moments at which the fit has settled. */
const ENOUGH = 1e-3;
/** Least and most variance of what may be a molecule, relative to the expected one. */
const [LEAST_VARIANCE, MOST_VARIANCE] = [0.2, 6];
/** Farthest distance of a fit's centre from the peak, pixels. */
const MOST_SHIFT = 1.5;

/** How far from the peak a fit looks, pixels. @param sigma pixels */
export function fitReach(sigma: number): number {
  return Math.max(3, Math.ceil(2.5 * sigma + 0.5));
}

/** The square of pixels that a fit uses. */
interface Square {
  /** (H,W) of the whole frame, and its width. */
  values: Float32Array;
  width: number;
  left: number;
  top: number;
  side: number;
}

/** A Gaussian's centre, variances and covariance. */
type Shape = Omit<SpotFit, "light">;

/**
 * Fits a Gaussian with axes of any direction, on a flat background, by least squares. Light and
 * background are those for the Gaussian so far. Its centre and covariance move by twice the
 * difference between the moments of the pixels, weighed by the Gaussian, and the Gaussian's own,
 * until both agree (adaptive moments: Bernstein and Jarvis 2002, Astron. J. 123, 583).
 * @param values (H,W), counts, without a background that is not flat
 * @param sigma about the width to expect, pixels
 * @returns undefined for what is no molecule
 */
export function fitSpot(
  values: Float32Array,
  width: number,
  x: number,
  y: number,
  sigma: number,
): SpotFit | undefined {
  const reach = fitReach(sigma);
  const [left, top, side] = [Math.round(x) - reach, Math.round(y) - reach, 2 * reach + 1];
  const height = values.length / width;
  if (left < 0 || top < 0 || left + side > width || top + side > height) return undefined;
  const square = { values, width, left, top, side };
  const expected = { x, y, xx: sigma * sigma, yy: sigma * sigma, xy: 0 };
  const curve = curveOf(side);
  let shape: Shape = expected;
  let light = 0;
  for (let i = 0; i < ITERATIONS; i++) {
    const determinant = shape.xx * shape.yy - shape.xy * shape.xy;
    if (!(determinant > 0)) return undefined;
    const line = drawCurve(curve, square, shape, determinant);
    light = line.slope;
    const moved = movedShape(curve, square, shape, line.start);
    if (!moved || !(light > 0) || !isSound(moved, expected)) return undefined;
    const isFound = hasSettled(shape, moved);
    shape = moved;
    if (isFound) break;
  }
  return { ...shape, light };
}

/**
 * The shape for the next step; undefined where there is no light.
 * @param start counts of the background
 */
function movedShape(
  curve: Float64Array,
  { values, width, left, top, side }: Square,
  { x, y, xx, yy, xy }: Shape,
  start: number,
): Shape | undefined {
  let [sum, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  let [own, ownX, ownY, ownXX, ownYY, ownXY] = [0, 0, 0, 0, 0, 0];
  for (let v = 0, j = 0; v < side; v++) {
    const dy = top + v - y;
    const from = (top + v) * width + left;
    for (let u = 0; u < side; u++, j++) {
      const weight = (values[from + u]! - start) * curve[j]!;
      const dx = left + u - x;
      sum += weight;
      sumX += weight * dx;
      sumY += weight * dy;
      sumXX += weight * dx * dx;
      sumYY += weight * dy * dy;
      sumXY += weight * dx * dy;
      const square = curve[j]! ** 2;
      own += square;
      ownX += square * dx;
      ownY += square * dy;
      ownXX += square * dx * dx;
      ownYY += square * dy * dy;
      ownXY += square * dx * dy;
    }
  }
  if (!(sum > 0)) return undefined;
  return {
    x: x + 2 * (sumX / sum - ownX / own),
    y: y + 2 * (sumY / sum - ownY / own),
    xx: xx + 2 * (sumXX / sum - ownXX / own),
    yy: yy + 2 * (sumYY / sum - ownYY / own),
    xy: xy + 2 * (sumXY / sum - ownXY / own),
  };
}

/** Whether a shape may be a molecule's. @param expected at the peak */
function isSound({ x, y, xx, yy }: Shape, expected: Shape): boolean {
  const variance = (xx + yy) / 2;
  return (
    xx > 0 &&
    yy > 0 &&
    variance > LEAST_VARIANCE * expected.xx &&
    variance < MOST_VARIANCE * expected.xx &&
    Math.hypot(x - expected.x, y - expected.y) < MOST_SHIFT
  );
}

function hasSettled(before: Shape, after: Shape): boolean {
  const variance = (after.xx + after.yy) / 2;
  const change = Math.max(
    Math.abs(after.xx - before.xx),
    Math.abs(after.yy - before.yy),
    Math.abs(after.xy - before.xy),
  );
  const move = Math.abs(after.x - before.x) + Math.abs(after.y - before.y);
  return change / variance < ENOUGH && move < ENOUGH;
}

let scratch = new Float64Array(0);

function curveOf(side: number): Float64Array {
  if (scratch.length < side * side) scratch = new Float64Array(side * side);
  return scratch;
}

/**
 * Draws a Gaussian of light 1 and finds the straight line of least squares from it to the pixels.
 */
function drawCurve(
  curve: Float64Array,
  { values, width, left, top, side }: Square,
  { x, y, xx, yy, xy }: Shape,
  determinant: number,
): { slope: number; start: number } {
  const [a, b, c] = [(-0.5 * yy) / determinant, xy / determinant, (-0.5 * xx) / determinant];
  const scale = 1 / (2 * Math.PI * Math.sqrt(determinant));
  const bend = Math.exp(2 * a);
  let [sum, squares, total, product] = [0, 0, 0, 0];
  for (let v = 0, j = 0; v < side; v++) {
    const dy = top + v - y;
    const from = (top + v) * width + left;
    const dx = left - x;
    // The quotient of neighbours in a row changes by a constant factor, which saves exponentials.
    let height = scale * Math.exp(a * dx * dx + b * dx * dy + c * dy * dy);
    let quotient = Math.exp(a * (2 * dx + 1) + b * dy);
    for (let u = 0; u < side; u++, j++) {
      const value = values[from + u]!;
      curve[j] = height;
      sum += height;
      squares += height * height;
      total += value;
      product += height * value;
      height *= quotient;
      quotient *= bend;
    }
  }
  const count = side * side;
  const slope = (product - (sum * total) / count) / (squares - (sum * sum) / count);
  return { slope, start: (total - slope * sum) / count };
}
