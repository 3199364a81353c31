import type { File } from "h5wasm/node";
import { DatasetError } from "../base/errors.js";
import { hdf5Reason, rowsOf } from "../base/hdf5.js";
import type { NumberArray } from "../frames/nd-array.js";
import { datasetAt, formatError } from "./layout.js";

/** What the values of an array must be: numbers within bounds. NaN never is. */
export interface ValueRule {
  title: string;
  low: number;
  high: number;
  advice: string;
}

const NO_RESCUE = "Make the training set again from its frames and its ground truth.";

/** Rules for the values of each array. Segmentation maps are integers, which need none. */
export const VALUE_RULES = {
  frames: {
    title: "values from 0 to 1",
    low: 0,
    high: 1,
    advice: "Divide the frames by the largest value of their bit depth, as dataset add does.",
  },
  density: { title: "finite numbers", low: -Number.MAX_VALUE, high: Number.MAX_VALUE, advice: NO_RESCUE },
  segMap: { title: "0 or 1", low: 0, high: 1, advice: NO_RESCUE },
} as const satisfies Record<string, ValueRule>;

/** Index of the first value that breaks the rule, or -1. */
export function findBreach(values: Float32Array | Float64Array, { low, high }: ValueRule): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) return i;
  }
  return -1;
}

/**
 * Copies samples `first` up to but not including `end` of an array into `target`.
 * @throws DatasetError DATASET_FORMAT where they cannot be read or break the rule
 */
export function readInto(
  target: Float32Array | Float64Array,
  path: string,
  file: File,
  arrayPath: string,
  [first, end]: readonly [number, number],
  rule: ValueRule,
): void {
  const stored = readNumbers(path, file, arrayPath, first, end);
  if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
    const words = lowWords(stored);
    for (let i = 0; i < target.length; i++) target[i] = words[2 * i]!;
  } else {
    target.set(stored);
  }
  const breach = findBreach(target, rule);
  if (breach < 0) return;
  const sample = first + Math.floor((breach * (end - first)) / target.length);
  throw formatError(path, `${rule.title} in ${arrayPath}`, `${target[breach]} in sample ${sample + 1}`, {
    advice: rule.advice,
  });
}

/**
 * Samples `first` up to but not including `end` of an array, in the type they are stored as.
 * Booleans become 0 and 1.
 * @throws DatasetError DATASET_FORMAT where they cannot be read
 */
export function readNumbers(
  path: string,
  file: File,
  arrayPath: string,
  first: number,
  end: number,
): NumberArray {
  try {
    return rowsOf(datasetAt(path, file, arrayPath), first, end) as NumberArray;
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw formatError(path, `samples ${first + 1} to ${end} of ${arrayPath}`, hdf5Reason(cause), { cause });
  }
}

/**
 * The lower halves of 64-bit integers: every second value counts.
 * The values here are 0 and 1, and numbers are faster than bigints.
 */
function lowWords(values: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
