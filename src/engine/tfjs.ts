/** A value of TensorFlow.js. */
export interface Tensor {
  readonly shape: readonly number[];
  /** Waits for the value and copies it. */
  dataSync(): Float32Array;
  dispose(): void;
}

/**
 * What this program uses of TensorFlow.js 4, with its own names. Maps are (N,H,W,C).
 * The library is no dependency: it is found at run time where a user has installed it
 * (tfjs-binding.ts), so there are no types to compile with.
 */
export interface Tfjs {
  readonly version: Readonly<Record<string, string>>;
  getBackend(): string;
  /** The binding, which knows whether TensorFlow computes on a GPU. */
  backend(): { readonly isUsingGpuDevice?: boolean };
  memory(): { readonly numTensors: number };
  /** The values may be shared with the tensor for as long as it lives. */
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  zeros(shape: readonly number[]): Tensor;
  zerosLike(x: Tensor): Tensor;
  clone(x: Tensor): Tensor;
  /** Disposes of everything made inside, except what is returned. */
  tidy<T>(work: () => T): T;

  conv2d(x: Tensor, kernel: Tensor, strides: number, pad: "same"): Tensor;
  conv2dTranspose(
    x: Tensor,
    kernel: Tensor,
    outputShape: readonly number[],
    strides: number,
    pad: "same",
  ): Tensor;
  avgPool(x: Tensor, side: number, strides: number, pad: "valid"): Tensor;
  /** Convolves (N,D,H,W,C); kernels are (kd,kh,kw,C,F). */
  conv3d(
    x: Tensor,
    kernel: Tensor,
    strides: readonly [depth: number, height: number, width: number],
    pad: "same",
  ): Tensor;
  readonly image: {
    resizeNearestNeighbor(x: Tensor, size: readonly [height: number, width: number]): Tensor;
  };
  relu(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  softplus(x: Tensor): Tensor;
  log(x: Tensor): Tensor;

  add(a: Tensor, b: Tensor | number): Tensor;
  sub(a: Tensor | number, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor | number): Tensor;
  div(a: Tensor, b: Tensor): Tensor;
  /** Divides; 0 where b is 0. */
  divNoNan(a: Tensor, b: Tensor): Tensor;
  maximum(a: Tensor, b: Tensor): Tensor;
  square(x: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  sum(x: Tensor, axes?: readonly number[], keepDims?: boolean): Tensor;
  mean(x: Tensor): Tensor;
  min(x: Tensor, axes: readonly number[], keepDims: boolean): Tensor;
  max(x: Tensor, axes: readonly number[], keepDims: boolean): Tensor;

  slice(x: Tensor, begin: number | readonly number[], size: number | readonly number[]): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  transpose(x: Tensor, axes: readonly number[]): Tensor;
  concat(parts: readonly Tensor[], axis: number): Tensor;

  /** The value of a function and its gradient with respect to each argument. */
  valueAndGrads(
    f: (...args: Tensor[]) => Tensor,
  ): (args: readonly Tensor[]) => { value: Tensor; grads: Tensor[] };
  /** A function with a gradient of its own. */
  customGrad(f: (x: Tensor) => { value: Tensor; gradFunc: (dy: Tensor) => Tensor }): (x: Tensor) => Tensor;
}
