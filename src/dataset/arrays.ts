import type { File } from "h5wasm/node";
import { DatasetError } from "../base/errors.js";
import { hdf5Reason } from "../base/hdf5.js";
import { datasetAt, formatError } from "./layout.js";

/** Numbers as HDF5 arrays hold them; h5wasm gives arrays of booleans as plain ones. */
type Stored = Exclude<NodeJS.TypedArray, Uint8ClampedArray> | boolean[];

/** What the values of an array must be. `check` gives the first that is not, or -1. */
interface ValueRule {
  title: string;
  allows(value: number): boolean;
  advice: string;
}

const NO_RESCUE = "Make the training set again from its frames and its ground truth.";

/** Rules for the values of each array. */
export const VALUE_RULES = {
  frames: {
    title: "values from 0 to 1",
    allows: (value) => value >= 0 && value <= 1,
    advice: "Divide the frames by the largest value of their bit depth, as dataset add does.",
  },
  density: { title: "finite numbers", allows: Number.isFinite, advice: NO_RESCUE },
  segMap: { title: "0 or 1", allows: (value) => value === 0 || value === 1, advice: NO_RESCUE },
} as const satisfies Record<string, ValueRule>;

/**
 * Copies samples `first` up to but not including `end` of an array into `target`.
 * @throws DatasetError DATASET_FORMAT when they cannot be read or break the rule
 */
export function readInto(
  target: Float32Array | Float64Array,
  path: string,
  file: File,
  arrayPath: string,
  [first, end]: readonly [number, number],
  rule: ValueRule,
): void {
  const stored = readSlice(path, file, arrayPath, first, end);
  const values =
    stored instanceof BigInt64Array || stored instanceof BigUint64Array ? lowWords(stored) : stored;
  const step = values.length / target.length;
  for (let i = 0; i < target.length; i++) {
    const value = Number(values[i * step]);
    if (!rule.allows(value)) {
      const sample = first + Math.floor((i * (end - first)) / target.length);
      throw formatError(path, `${rule.title} in ${arrayPath}`, `${value} in sample ${sample + 1}`, {
        advice: rule.advice,
      });
    }
    target[i] = value;
  }
}

function readSlice(path: string, file: File, arrayPath: string, first: number, end: number): Stored {
  try {
    const dataset = datasetAt(path, file, arrayPath);
    const whole: [][] = (dataset.shape ?? []).slice(1).map(() => []);
    return dataset.slice([[first, end], ...whole]) as Stored;
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw formatError(path, `samples ${first + 1} to ${end} of ${arrayPath}`, hdf5Reason(cause), { cause });
  }
}

/** The lower halves of 64-bit integers, every other of which counts: the values here are 0 and 1, and numbers are faster than bigints. */
function lowWords(values: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
