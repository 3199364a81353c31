import type { File } from "h5wasm/node";
import { DatasetError } from "../base/errors.js";
import { hdf5Reason, rowsOf } from "../base/hdf5.js";
import { optionText } from "../base/option-text.js";
import type { PixelType } from "../frames/frame.js";
import type { NumberArray } from "../frames/nd-array.js";
import { drawSegmentation, SEG_THRESHOLD } from "./density.js";
import { type ArrayInfo, datasetAt, formatError, type GroupName, type SetInfo } from "./layout.js";
import type { SamplePart } from "./samples.js";

/** The largest pixel value, by which frames are divided; float32 must be from 0 to 1 already. */
export const FULL_SCALE: Record<PixelType, number> = { uint8: 255, uint16: 65_535, float32: 1 };

/** What the values of an array must be: numbers within bounds. NaN never is. */
export interface ValueRule {
  title: string;
  low: number;
  high: number;
  advice: string;
  /** What to do about a value that is no finite number, where that is something else. */
  adviceForInvalid?: string;
  /** Whether 8- and 16-bit integers are divided by their {@link FULL_SCALE}. */
  scaled?: boolean;
}

const NO_RESCUE = "Make the training set again from its frames and its ground truth.";

/** Rules for the values of each array. */
export const VALUE_RULES = {
  frames: {
    title: "values from 0 to 1",
    low: 0,
    high: 1,
    advice: "Divide the frames by the largest value of their bit depth, as dataset add does.",
    adviceForInvalid: `Replace such values in the array, or make it again from a stack with ${optionText("replaceInvalid", "median")}.`,
    scaled: true,
  },
  density: { title: "finite numbers", low: -Number.MAX_VALUE, high: Number.MAX_VALUE, advice: NO_RESCUE },
  segMap: { title: "0 or 1", low: 0, high: 1, advice: NO_RESCUE },
} as const satisfies Record<string, ValueRule>;

/** Where each part of samples is in the file, and what its values must be. */
const STORED = {
  input: { group: "input", rule: VALUE_RULES.frames },
  target: { group: "target", rule: VALUE_RULES.density },
  segMap: { group: "seg_map", rule: VALUE_RULES.segMap },
} as const satisfies Record<SamplePart, { group: GroupName; rule: ValueRule }>;

/** A part's array; undefined for segmentation maps that the set lacks. */
export function arrayOf({ arrays }: SetInfo, part: SamplePart): ArrayInfo | undefined {
  return arrays[STORED[part].group];
}

/**
 * Copies a part of a set's samples into `target`.
 * Segmentation maps that the set lacks are drawn: 1 where the density is above {@link
 * SEG_THRESHOLD}.
 * @param range first sample, and the one after the last
 * @throws as {@link readInto}
 */
export function readPart(
  target: Float32Array | Float64Array,
  path: string,
  file: File,
  set: SetInfo,
  part: SamplePart,
  range: readonly [number, number],
): void {
  const array = arrayOf(set, part);
  if (array) {
    readInto(target, path, file, array.path, range, STORED[part].rule);
    return;
  }
  const density = new Float64Array(target.length);
  readInto(density, path, file, set.arrays.target.path, range, VALUE_RULES.density);
  drawSegmentation(target, density, SEG_THRESHOLD);
}

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
  if (rule.scaled && (stored instanceof Uint8Array || stored instanceof Uint16Array)) {
    const scale = FULL_SCALE[stored instanceof Uint8Array ? "uint8" : "uint16"];
    for (let i = 0; i < target.length; i++) target[i] = stored[i]! / scale;
  } else if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
    const words = lowWords(stored);
    for (let i = 0; i < target.length; i++) target[i] = words[2 * i]!;
  } else {
    target.set(stored);
  }
  const breach = findBreach(target, rule);
  if (breach < 0) return;
  const sample = first + Math.floor((breach * (end - first)) / target.length);
  throw formatError(path, `${rule.title} in ${arrayPath}`, `${target[breach]} in sample ${sample + 1}`, {
    advice: Number.isFinite(target[breach]) ? rule.advice : (rule.adviceForInvalid ?? rule.advice),
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
