import type { ConvRow, DeconvRow } from "../model/layers.js";
import { elementCount } from "../model/weights.js";

/**
 * Transposes a row-major array.
 * @param axes output axis i is input axis axes[i]
 */
export function transpose<A extends Float32Array | Int32Array>(
  data: A,
  shape: readonly number[],
  axes: readonly number[],
): A {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const result = data.slice() as A;
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
 * How a tensor of a graph is made of a weight: value i of the tensor is value index[i] of the weight in Keras' layout, or 0 where index[i] is -1.
 * Each value of the weight is used equally often.
 */
export interface Arrangement {
  dims: readonly number[];
  index: Int32Array;
}

/** The tensor's values. */
export function arrange(weight: Float32Array, { index }: Arrangement): Float32Array {
  return Float32Array.from(index, (from) => (from < 0 ? 0 : weight[from]!));
}

/** A convolution's kernel as ONNX' Conv takes it: (filters, inputs, kh, kw). */
export function kernelArrangement({ kernel, filters }: ConvRow, inputs: number): Arrangement {
  const shape = [kernel, kernel, inputs, filters];
  return {
    dims: KERAS_TO_ONNX.map((axis) => shape[axis]!),
    index: transpose(positions(elementCount(shape)), shape, KERAS_TO_ONNX),
  };
}

export function biasArrangement({ filters }: ConvRow): Arrangement {
  return { dims: [filters], index: positions(filters) };
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
 * The kernel of a stride-2 transposed convolution as that of a 2x2 convolution into four phases, (4 * filters, inputs, 2, 2): output pixel
 * (2y + a, 2x + b) is channel (2a + b) * filters + f at (y, x), so that DepthToSpace puts it in its place. Along one side, output 2m takes
 * tap 0 of input m and tap 2 of input m - 1; output 2m + 1 takes tap 1 of input m.
 */
export function phaseKernelArrangement({ filters }: Pick<DeconvRow, "filters">, inputs: number): Arrangement {
  const index = new Int32Array(4 * filters * inputs * 4).fill(-1);
  for (const [a, rowTaps] of PHASE_TAPS.entries()) {
    for (const [b, columnTaps] of PHASE_TAPS.entries()) {
      for (const [y, ky] of rowTaps) {
        for (const [x, kx] of columnTaps) {
          for (let f = 0; f < filters; f++) {
            for (let c = 0; c < inputs; c++) {
              const to = (((2 * a + b) * filters + f) * inputs + c) * 4 + 2 * y + x;
              index[to] = ((3 * ky + kx) * filters + f) * inputs + c;
            }
          }
        }
      }
    }
  }
  return { dims: [4 * filters, inputs, 2, 2], index };
}

/** The kernel of a 1x1 convolution for a map that still lies in four phases, (4 * filters, 4 * inputs, 1, 1): the same for each phase, zero between phases. */
export function phasedPointwiseArrangement(
  { filters }: Pick<ConvRow, "filters">,
  inputs: number,
): Arrangement {
  const index = new Int32Array(4 * filters * 4 * inputs).fill(-1);
  for (let phase = 0; phase < 4; phase++) {
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < inputs; c++) {
        index[(phase * filters + f) * 4 * inputs + phase * inputs + c] = c * filters + f;
      }
    }
  }
  return { dims: [4 * filters, 4 * inputs, 1, 1], index };
}

/** A bias for four phases: its values four times over. */
export function phaseBiasArrangement({ filters }: ConvRow | DeconvRow): Arrangement {
  return { dims: [4 * filters], index: Int32Array.from({ length: 4 * filters }, (_, i) => i % filters) };
}

function positions(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
