/** Standard deviations at which a kernel ends, where nothing else is said. */
const KERNEL_REACH = 3.5;

/** Blurs frames of one size with a normal curve, along rows and then along columns. */
export class Blur {
  /** Weights from the middle outwards; both sides together sum to 1. */
  private readonly weights: Float64Array;
  private readonly rows: Float32Array;
  /** A pixel's own share in its blurred value. */
  readonly own: number;
  /** Sum of all squared weights: the factor of white noise's variance. */
  readonly squares: number;

  /**
   * @param sigma standard deviation, pixels
   * @param reach standard deviations at which the kernel ends
   */
  constructor(
    private readonly width: number,
    private readonly height: number,
    sigma: number,
    reach = KERNEL_REACH,
  ) {
    this.weights = normalWeights(sigma, reach);
    this.rows = new Float32Array(width * height);
    this.own = this.weights[0]! ** 2;
    const line = this.weights.reduce((sum, weight, i) => sum + (i ? 2 : 1) * weight * weight, 0);
    this.squares = line * line;
  }

  /**
   * Blurs `values` (H,W) into `target`, which may be `values` itself.
   * Beyond the edges, a frame continues with its edge pixels.
   */
  apply(values: Float32Array, target: Float32Array): void {
    const { width, height, rows, weights } = this;
    for (let y = 0; y < height; y++) blurRow(values, rows, y * width, width, weights);
    for (let y = 0; y < height; y++) {
      const at = y * width;
      const middle = weights[0]!;
      for (let x = 0; x < width; x++) target[at + x] = middle * rows[at + x]!;
      for (let k = 1; k < weights.length; k++) {
        const weight = weights[k]!;
        const above = Math.max(0, y - k) * width;
        const below = Math.min(height - 1, y + k) * width;
        for (let x = 0; x < width; x++) {
          target[at + x] = target[at + x]! + weight * (rows[above + x]! + rows[below + x]!);
        }
      }
    }
  }
}

function blurRow(
  values: Float32Array,
  target: Float32Array,
  start: number,
  width: number,
  weights: Float64Array,
): void {
  const reach = weights.length - 1;
  for (let x = 0; x < width; x++) {
    let sum = weights[0]! * values[start + x]!;
    if (x >= reach && x < width - reach) {
      for (let k = 1; k <= reach; k++) {
        sum += weights[k]! * (values[start + x - k]! + values[start + x + k]!);
      }
    } else {
      for (let k = 1; k <= reach; k++) {
        const [left, right] = [Math.max(0, x - k), Math.min(width - 1, x + k)];
        sum += weights[k]! * (values[start + left]! + values[start + right]!);
      }
    }
    target[start + x] = sum;
  }
}

function normalWeights(sigma: number, reach: number): Float64Array {
  const length = 1 + Math.ceil(reach * sigma);
  const values = Float64Array.from({ length }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = values.reduce((total, value, i) => total + (i ? 2 : 1) * value, 0);
  return values.map((value) => value / sum);
}
