import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrange,
  groupedPointwiseArrangement,
  KERAS_TO_ONNX,
  ONNX_TO_KERAS,
  phaseKernelArrangement,
  transpose,
} from "../../src/graph/weight-layout.js";

test("transposes a 2x3 array by hand", () => {
  const result = transpose(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3], [1, 0]);
  assert.deepEqual([...result], [1, 4, 2, 5, 3, 6]);
});

test("Keras' layout to ONNX' and back gives the same bits", () => {
  const shape = [3, 2, 4, 5];
  const kernel = Float32Array.from({ length: 120 }, (_, i) => Math.sin(i));
  const there = transpose(kernel, shape, KERAS_TO_ONNX);
  const back = transpose(
    there,
    KERAS_TO_ONNX.map((axis) => shape[axis]!),
    ONNX_TO_KERAS,
  );
  assert.deepEqual(back, kernel);
});

/** A stride-2 transposed convolution by its definition: input (y, x) adds kernel tap (i, j) to output (2y + i, 2x + j). */
function scatter(input: number[][][], kernel: Float32Array, filters: number): number[][][] {
  const [inputs, height, width] = [input.length, input[0]!.length, input[0]![0]!.length];
  const output = Array.from({ length: filters }, () =>
    Array.from({ length: 2 * height }, () => new Array<number>(2 * width).fill(0)),
  );
  for (let f = 0; f < filters; f++)
    for (let c = 0; c < inputs; c++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++) {
              const row = output[f]![2 * y + i];
              if (row && 2 * x + j < 2 * width) {
                row[2 * x + j]! += input[c]![y]![x]! * kernel[((3 * i + j) * filters + f) * inputs + c]!;
              }
            }
  return output;
}

test("four phases of a 2x2 convolution are the transposed convolution, for every tap and channel", () => {
  const [inputs, filters, height, width] = [2, 3, 3, 4];
  const input = Array.from({ length: inputs }, (_, c) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => 1 + c * 100 + y * 10 + x),
    ),
  );
  const kernel = Float32Array.from({ length: 9 * filters * inputs }, (_, i) => ((i * 7) % 11) - 5);
  const phases = arrange(kernel, phaseKernelArrangement({ filters }, inputs));
  const expected = scatter(input, kernel, filters);
  for (let a = 0; a < 2; a++)
    for (let b = 0; b < 2; b++)
      for (let f = 0; f < filters; f++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            let value = 0;
            for (let c = 0; c < inputs; c++)
              for (let i = 0; i < 2; i++)
                for (let j = 0; j < 2; j++) {
                  const pixel = input[c]![y + i - 1]?.[x + j - 1] ?? 0;
                  value += pixel * phases[(((2 * a + b) * filters + f) * inputs + c) * 4 + 2 * i + j]!;
                }
            assert.equal(value, expected[f]![2 * y + a]![2 * x + b]!);
          }
});

test("a 1x1 kernel for four phases does not mix them", () => {
  const kernel = arrange(new Float32Array([2, 3]), groupedPointwiseArrangement({ filters: 1 }, 2, 4));
  assert.deepEqual(
    [...kernel],
    [2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3],
  );
});
