import type { Conv3dRow, ConvRow, DeconvRow } from "../model/layer-rows.js";
import { WINDOW } from "../model/layers.js";
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

/**
 * Keras' (kh, kw, a, b) to ONNX' (b, a, kh, kw).
 * This holds for kernels of convolutions and of transposed convolutions.
 */
export const KERAS_TO_ONNX = [3, 2, 0, 1] as const;
/** ONNX' (b, a, kh, kw) to Keras' (kh, kw, a, b). */
export const ONNX_TO_KERAS = [2, 3, 1, 0] as const;
/**
 * The same for kernels over frames.
 * Keras' (frames, kh, kw, a, b) to ONNX' (b, a, frames, kh, kw).
 */
export const KERAS_TO_ONNX_3D = [4, 3, 0, 1, 2] as const;
export const ONNX_TO_KERAS_3D = [2, 3, 4, 1, 0] as const;

/**
 * How a graph's tensor is made of a weight.
 * Value i of the tensor is value index[i] of the weight in Keras' layout, or 0 where index[i] is
 * -1.
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

/** A bias for `times` groups of a layer's filters: its values, repeated that many times. */
export function biasArrangement({ filters }: Pick<ConvRow, "filters">, times = 1): Arrangement {
  return {
    dims: [times * filters],
    index: Int32Array.from({ length: times * filters }, (_, i) => i % filters),
  };
}

/**
 * For each phase, pairs of taps: of the 2-tap convolution and of the 3-tap transposed convolution.
 */
const PHASE_TAPS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [0, 2],
    [1, 0],
  ],
  [[1, 1]],
];

/**
 * The kernel of a stride-2 transposed convolution as that of a 2x2 convolution into four phases.
 * It is (4 * filters, inputs, 2, 2). Output pixel (2y + a, 2x + b) is channel (2a + b) * filters +
 * f at (y, x), where DepthToSpace expects it. Along one side, output 2m takes tap 0 of input m and
 * tap 2 of input m - 1; output 2m + 1 takes tap 1 of input m.
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

/**
 * The kernel of a 1x1 convolution for a map that still lies in `groups` phases or frames.
 * It is (groups * filters, groups * inputs, 1, 1): the same for each group, and zero between
 * groups.
 */
export function groupedPointwiseArrangement(
  { filters }: Pick<ConvRow, "filters">,
  inputs: number,
  groups: number,
): Arrangement {
  const index = new Int32Array(groups * filters * groups * inputs).fill(-1);
  for (let group = 0; group < groups; group++) {
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < inputs; c++) {
        index[(group * filters + f) * groups * inputs + group * inputs + c] = c * filters + f;
      }
    }
  }
  return { dims: [groups * filters, groups * inputs, 1, 1], index };
}

/**
 * The kernel of a convolution over a window's frames, which lie side by side in the channels.
 * It is (3 * filters, 3 * inputs, k, k). Channel t * inputs + c is channel c of frame t. Tap d
 * along the frames leads from frame t + d - 1 to frame t. Taps that would see frames outside the
 * window are left out, as with 'same' padding.
 */
export function windowKernelArrangement(
  { kernel, filters }: Pick<Conv3dRow, "kernel" | "filters">,
  inputs: number,
): Arrangement {
  const dims = [WINDOW * filters, WINDOW * inputs, kernel, kernel];
  const plain = Array.from({ length: kernel }, (_, tap) => [tap]);
  return { dims, index: windowIndex({ kernel, filters }, inputs, [plain], 0, 0) };
}

/**
 * The taps of a 3-tap convolution for each phase of a doubled side.
 * They are those that see the pixel before, the pixel itself and the pixel after, before doubling.
 */
const DOUBLED_TAPS: readonly (readonly (readonly number[])[])[] = [
  [[0], [1, 2], []],
  [[], [0, 1], [2]],
];

/**
 * The kernel of a 3x3x3 convolution after an upsampling, for the map before the upsampling.
 * It is that of a 3x3 convolution into four phases as in {@link phaseKernelArrangement}, (4 * 3 *
 * filters, 3 * inputs, 3, 3). Two taps along a side see each doubled pixel, so the kernel is the
 * sum of the four arrangements given.
 */
export function upsampledKernelArrangements(row: Pick<Conv3dRow, "filters">, inputs: number): Arrangement[] {
  const dims = [4 * WINDOW * row.filters, WINDOW * inputs, 3, 3];
  const members = [0, 1];
  return members.flatMap((y) =>
    members.map((x) => ({
      dims,
      index: windowIndex({ kernel: 3, filters: row.filters }, inputs, DOUBLED_TAPS, y, x),
    })),
  );
}

/**
 * @param taps for each phase along a side and each place of the tensor's kernel, the weight's taps
 * that lie there; rows take number `y` of them and columns number `x`
 */
function windowIndex(
  { kernel, filters }: Pick<Conv3dRow, "kernel" | "filters">,
  inputs: number,
  taps: readonly (readonly (readonly number[])[])[],
  y: number,
  x: number,
): Int32Array {
  const index: number[] = [];
  const reach = (kernel - 1) / 2;
  const tapOf = (from: number, to: number) => (Math.abs(from - to) <= reach ? from - to + reach : -1);
  const frames = Array.from({ length: WINDOW }, (_, frame) => frame);
  for (const rows of taps) {
    for (const columns of taps) {
      for (const to of frames) {
        for (let f = 0; f < filters; f++) {
          for (const from of frames) {
            const kt = tapOf(from, to);
            for (let c = 0; c < inputs; c++) {
              for (const row of rows) {
                for (const column of columns) {
                  const [ky, kx] = [row[y], column[x]];
                  const seen = kt >= 0 && ky !== undefined && kx !== undefined;
                  index.push(seen ? (((kt * kernel + ky) * kernel + kx) * inputs + c) * filters + f : -1);
                }
              }
            }
          }
        }
      }
    }
  }
  return Int32Array.from(index);
}

function positions(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
