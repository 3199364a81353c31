import { Random } from "../base/random.js";
import type { Architecture } from "../model/layers.js";
import { elementCount, type Weights, weightSpecs } from "../model/weights.js";

/** Orthogonal kernels and biases of zero, which the original starts from. */
export function initialWeights(architecture: Architecture, seed: number): Weights {
  return new Map(
    weightSpecs(architecture).map(({ name, shape }) => {
      if (name.endsWith("/bias")) return [name, { shape, data: new Float32Array(elementCount(shape)) }];
      const columns = shape.at(-1)!;
      const rows = elementCount(shape) / columns;
      const data = orthogonalMatrix(rows, columns, new Random(seed, "initial", name));
      return [name, { shape, data }];
    }),
  );
}

/**
 * A random matrix (rows, columns), row-major, whose columns are orthonormal.
 * With fewer rows than columns, the rows are orthonormal instead. The matrix is uniformly
 * distributed over all such matrices: Gram-Schmidt on normal numbers (Saxe et al. 2014; Mezzadri
 * 2007 on the distribution).
 */
export function orthogonalMatrix(rows: number, columns: number, random: Random): Float32Array {
  const [long, short] = rows >= columns ? [rows, columns] : [columns, rows];
  const basis: Float64Array[] = [];
  while (basis.length < short) {
    const vector = Float64Array.from({ length: long }, () => random.normal());
    // The second pass removes what rounding left of the first.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const overlap = dot(vector, other);
        for (let i = 0; i < long; i++) vector[i]! -= overlap * other[i]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value / length));
  }
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[row * columns + column] = rows >= columns ? basis[column]![row]! : basis[row]![column]!;
    }
  }
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
