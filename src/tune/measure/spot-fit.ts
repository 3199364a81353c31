/** The Gaussian nearest to a spot. */
export interface SpotFit {
  /** Pixels from the middle of the first pixel. */
  x: number;
  y: number;
  /** Variances and covariance along x and y, pixels², with what the integration over a pixel adds. */
  xx: number;
  yy: number;
  xy: number;
  /** Sum of its image, counts. */
  light: number;
}

const ITERATIONS = 40;
/** Moments that change by less, of themselves, are found. */
const ENOUGH = 1e-3;
/** Variances of what may be a molecule, of the expected one. */
const [LEAST_VARIANCE, MOST_VARIANCE] = [0.2, 6];
/** Farthest that a fit's centre may move from the peak, pixels. */
const MOST_SHIFT = 1.5;

/** Pixels to each side of a peak that a fit looks at. @param sigma pixels */
export function fitReach(sigma: number): number {
  return Math.max(3, Math.ceil(2.5 * sigma + 0.5));
}

/**
 * Fits a Gaussian of any axes on a flat background by least squares. Light and background are those for the Gaussian so far; centre and covariance are moved by twice what
 * the moments of the pixels, weighed by it, differ from its own (adaptive moments: Bernstein and Jarvis 2002, Astron. J. 123, 583), until they agree.
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
  const [column, row] = [Math.round(x), Math.round(y)];
  const left = column - reach;
  const top = row - reach;
  const side = 2 * reach + 1;
  const height = values.length / width;
  if (left < 0 || top < 0 || left + side > width || top + side > height) return undefined;
  const expected = sigma * sigma;
  let [centreX, centreY, xx, yy, xy, light] = [x, y, expected, expected, 0, 0];
  const curve = curveOf(side);
  for (let i = 0; i < ITERATIONS; i++) {
    const determinant = xx * yy - xy * xy;
    if (!(determinant > 0)) return undefined;
    const line = drawCurve(curve, values, width, left, top, side, centreX, centreY, xx, yy, xy, determinant);
    light = line.slope;
    const { start } = line;
    let [sum, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
    let [own, ownX, ownY, ownXX, ownYY, ownXY] = [0, 0, 0, 0, 0, 0];
    for (let v = 0, j = 0; v < side; v++) {
      const dy = top + v - centreY;
      const from = (top + v) * width + left;
      for (let u = 0; u < side; u++, j++) {
        const weight = (values[from + u]! - start) * curve[j]!;
        const dx = left + u - centreX;
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
    if (!(sum > 0) || !(light > 0)) return undefined;
    const nextXX = xx + 2 * (sumXX / sum - ownXX / own);
    const nextYY = yy + 2 * (sumYY / sum - ownYY / own);
    const nextXY = xy + 2 * (sumXY / sum - ownXY / own);
    const [moveX, moveY] = [2 * (sumX / sum - ownX / own), 2 * (sumY / sum - ownY / own)];
    centreX += moveX;
    centreY += moveY;
    const variance = (nextXX + nextYY) / 2;
    const sound =
      nextXX > 0 &&
      nextYY > 0 &&
      variance > LEAST_VARIANCE * expected &&
      variance < MOST_VARIANCE * expected &&
      Math.hypot(centreX - x, centreY - y) < MOST_SHIFT;
    if (!sound) return undefined;
    const change = Math.max(Math.abs(nextXX - xx), Math.abs(nextYY - yy), Math.abs(nextXY - xy)) / variance;
    [xx, yy, xy] = [nextXX, nextYY, nextXY];
    if (change < ENOUGH && Math.abs(moveX) + Math.abs(moveY) < ENOUGH)
      return { x: centreX, y: centreY, xx, yy, xy, light };
  }
  return { x: centreX, y: centreY, xx, yy, xy, light };
}

let scratch = new Float64Array(0);

function curveOf(side: number): Float64Array {
  if (scratch.length < side * side) scratch = new Float64Array(side * side);
  return scratch;
}

/** Draws a Gaussian of light 1 and finds the straight line of least squares from it to the pixels. */
function drawCurve(
  curve: Float64Array,
  values: Float32Array,
  width: number,
  left: number,
  top: number,
  side: number,
  centreX: number,
  centreY: number,
  xx: number,
  yy: number,
  xy: number,
  determinant: number,
): { slope: number; start: number } {
  const [a, b, c] = [(-0.5 * yy) / determinant, xy / determinant, (-0.5 * xx) / determinant];
  const scale = 1 / (2 * Math.PI * Math.sqrt(determinant));
  const bend = Math.exp(2 * a);
  let [sum, squares, total, product] = [0, 0, 0, 0];
  for (let v = 0, j = 0; v < side; v++) {
    const dy = top + v - centreY;
    const from = (top + v) * width + left;
    const dx = left - centreX;
    // Along a row each value follows from the one before: the quotient of two neighbours changes by a constant factor.
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
