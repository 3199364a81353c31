import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { defcon } from "../../src/model/defcon.js";
import { elementCount, weightSpecs } from "../../src/model/weights.js";
import { initialWeights, orthogonalMatrix } from "../../src/train/initial-weights.js";

/** Rows times rows, or columns times columns, of a row-major matrix. */
function products(matrix: Float32Array, rows: number, columns: number): number[][] {
  const [short, long] = rows < columns ? [rows, columns] : [columns, rows];
  const value = (i: number, k: number) => matrix[rows < columns ? i * columns + k : k * columns + i]!;
  return Array.from({ length: short }, (_, i) =>
    Array.from({ length: short }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < long; k++) sum += value(i, k) * value(j, k);
      return sum;
    }),
  );
}

for (const [rows, columns] of [
  [288, 64],
  [9, 16],
  [72, 64],
  [8, 1],
] as const) {
  test(`a ${rows} x ${columns} kernel starts with orthonormal ${rows < columns ? "rows" : "columns"}`, () => {
    for (const [i, row] of products(
      orthogonalMatrix(rows, columns, new Random(1)),
      rows,
      columns,
    ).entries()) {
      for (const [j, product] of row.entries()) {
        assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-5, `${i}, ${j}: ${product}`);
      }
    }
  });
}

test("a network starts with all of its weights, biases of zero, and differently for every seed", () => {
  const weights = initialWeights(defcon, 1);
  assert.deepEqual(
    [...weights.keys()],
    weightSpecs(defcon).map(({ name }) => name),
  );
  for (const [name, { data, shape }] of weights) {
    assert.equal(data.length, elementCount(shape));
    assert.equal(
      data.every((value) => value === 0),
      name.endsWith("/bias"),
    );
  }
  assert.deepEqual(initialWeights(defcon, 1), weights);
  assert.notDeepEqual(initialWeights(defcon, 2).get("conv_5/kernel"), weights.get("conv_5/kernel"));
});
