import { elementCount } from "../model/weights.js";

/**
 * Transposes a row-major array.
 * @param axes output axis i is input axis axes[i]
 */
export function transpose(
  data: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const result = new Float32Array(data.length);
  const index = new Array<number>(axes.length).fill(0);
  for (let out = 0; out < result.length; out++) {
    let from = 0;
    for (let i = 0; i < axes.length; i++) from += index[i]! * strides[axes[i]!]!;
    result[out] = data[from]!;
    for (let i = axes.length - 1; i >= 0; i--) {
      if (++index[i]! < shape[axes[i]!]!) break;
      index[i] = 0;
    }
  }
  return result;
}

/** Keras' (kh, kw, a, b) to ONNX' (b, a, kh, kw), for kernels of convolutions and transposed convolutions alike. */
export const KERAS_TO_ONNX = [3, 2, 0, 1] as const;
/** And back. */
export const ONNX_TO_KERAS = [2, 3, 1, 0] as const;

/**
 * The kernel of a stride-2 transposed convolution as that of a 2x2 convolution into four phases: output pixel
 * (2y + a, 2x + b) is channel (2a + b) * filters + f at (y, x), so that DepthToSpace puts it in its place. Along one side, output 2m takes
 * tap 0 of input m and tap 2 of input m - 1; output 2m + 1 takes tap 1 of input m.
 * @param kernel Keras' layout (3, 3, filters, inputs)
 * @returns ONNX' layout (4 * filters, inputs, 2, 2)
 */
export function phaseKernel(kernel: Float32Array, filters: number, inputs: number): Float32Array {
  const result = new Float32Array(4 * filters * inputs * 4);
  for (const [a, rowTaps] of PHASE_TAPS.entries()) {
    for (const [b, columnTaps] of PHASE_TAPS.entries()) {
      for (const [y, ky] of rowTaps) {
        for (const [x, kx] of columnTaps) {
          for (let f = 0; f < filters; f++) {
            for (let c = 0; c < inputs; c++) {
              const to = (((2 * a + b) * filters + f) * inputs + c) * 4 + 2 * y + x;
              result[to] = kernel[((3 * ky + kx) * filters + f) * inputs + c]!;
            }
          }
        }
      }
    }
  }
  return result;
}

/** For each phase: [tap of the 2-tap convolution, tap of the 3-tap transposed convolution]. */
const PHASE_TAPS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [0, 2],
    [1, 0],
  ],
  [[1, 1]],
];

/**
 * The kernel of a 1x1 convolution for a map that still lies in four phases: the same kernel for each phase.
 * @param kernel ONNX' layout (filters, inputs, 1, 1)
 * @returns (4 * filters, 4 * inputs, 1, 1), zero between phases
 */
export function pointwisePhaseKernel(kernel: Float32Array, filters: number, inputs: number): Float32Array {
  const result = new Float32Array(4 * filters * 4 * inputs);
  for (let phase = 0; phase < 4; phase++) {
    for (let f = 0; f < filters; f++) {
      const row = (phase * filters + f) * 4 * inputs + phase * inputs;
      result.set(kernel.subarray(f * inputs, (f + 1) * inputs), row);
    }
  }
  return result;
}

/** The values four times over, as the four phases want a bias. */
export function phaseBias(bias: Float32Array): Float32Array {
  const result = new Float32Array(4 * bias.length);
  for (let phase = 0; phase < 4; phase++) result.set(bias, phase * bias.length);
  return result;
}
