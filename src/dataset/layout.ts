import type { Dataset, File } from "h5wasm/node";
import { DatasetError } from "../base/errors.js";
import { hdf5Reason, isDataset } from "../base/hdf5.js";

/** The three groups of a training set: frames, density maps, segmentation maps. */
export const SET_GROUPS = ["input", "target", "seg_map"] as const;

export type GroupName = (typeof SET_GROUPS)[number];

/** Size of the samples of an array, of a set, or of a whole file. */
export interface SampleShape {
  height: number;
  width: number;
  /** 3 in temporal sets, whose samples are three consecutive frames. */
  framesPerSample: 1 | 3;
}

/** One array of a training set: (N,H,W,1), or (N,3,H,W,1) in temporal sets. */
export interface ArrayInfo extends SampleShape {
  /** Path in the file: "input/beads". */
  path: string;
  samples: number;
  /** Type of its values, as NumPy calls it: "float64". */
  dtype: string;
}

export type Arrays = Record<GroupName, Map<string, ArrayInfo>>;

/** Three arrays that belong together, all of one shape. */
export interface SetInfo extends SampleShape {
  name: string;
  samples: number;
  /** Paths of the arrays. */
  arrays: Record<GroupName, string>;
}

/**
 * HDF5's type classes, and those that each array may have: h5py stores booleans as an enumeration.
 */
const HDF5_INTEGER = 0;
const HDF5_FLOAT = 1;
const HDF5_ENUM = 8;
const CLASSES: Record<GroupName, { classes: readonly number[]; title: string }> = {
  input: { classes: [HDF5_FLOAT], title: "float32 or float64" },
  target: { classes: [HDF5_FLOAT], title: "float32 or float64" },
  seg_map: { classes: [HDF5_INTEGER, HDF5_ENUM], title: "integers or booleans" },
};
const FLOAT_BYTES = [4, 8];

/**
 * All arrays in the file, sorted by name, with their shapes.
 * @throws DatasetError DATASET_FORMAT
 */
export function listArrays(path: string, file: File): Arrays {
  return {
    input: listGroup(path, file, "input"),
    target: listGroup(path, file, "target"),
    seg_map: listGroup(path, file, "seg_map"),
  };
}

function listGroup(path: string, file: File, group: GroupName): Map<string, ArrayInfo> {
  const entity = lookUp(path, file, group);
  if (entity === null || isDataset(entity) || !("keys" in entity)) {
    const keys = file.keys().slice(0, 8).join(", ");
    throw formatError(
      path,
      `a training set with the groups ${SET_GROUPS.join(", ")}`,
      entity === null ? `no ${group} among ${keys || "nothing"}` : `${group} that is no group`,
    );
  }
  const names = entity.keys().sort(byCodePoint);
  return new Map(names.map((name) => [name, arrayInfo(path, file, group, name)]));
}

function arrayInfo(path: string, file: File, group: GroupName, name: string): ArrayInfo {
  const arrayPath = `${group}/${name}`;
  const dataset = datasetAt(path, file, arrayPath);
  const { type, size, signed } = dataset.metadata;
  const { classes, title } = CLASSES[group];
  if (!classes.includes(type) || (type === HDF5_FLOAT && !FLOAT_BYTES.includes(size))) {
    throw formatError(path, `${arrayPath} of ${title}`, JSON.stringify(dataset.dtype));
  }
  const shape = dataset.shape ?? [];
  const [samples, frames] = shape.length === 5 ? [shape[0], shape[1]] : [shape[0], 1];
  const [height, width, channels] = shape.slice(-3);
  const rankFits = shape.length === 4 || (shape.length === 5 && frames === 3);
  if (!rankFits || channels !== 1 || !samples || !height || !width) {
    throw formatError(
      path,
      `${arrayPath} of the shape (N, H, W, 1) or (N, 3, H, W, 1)`,
      `(${shape.join(", ")})`,
    );
  }
  const dtype = dtypeName(type, size, signed);
  return { path: arrayPath, samples, dtype, height, width, framesPerSample: frames === 3 ? 3 : 1 };
}

/** NumPy's name of a type of numbers. */
function dtypeName(type: number, bytes: number, signed: boolean): string {
  if (type === HDF5_ENUM) return "bool";
  const kind = type === HDF5_FLOAT ? "float" : signed ? "int" : "uint";
  return `${kind}${8 * bytes}`;
}

/** An array's shape: (N,H,W,1), or (N,3,H,W,1) in temporal sets. */
export function arrayShape({ samples, framesPerSample, height, width }: ArrayInfo): number[] {
  return framesPerSample === 3 ? [samples, 3, height, width, 1] : [samples, height, width, 1];
}

/** The array at a path. @throws DatasetError DATASET_FORMAT */
export function datasetAt(path: string, file: File, arrayPath: string): Dataset {
  const entity = lookUp(path, file, arrayPath);
  if (isDataset(entity)) return entity;
  throw formatError(path, `an array ${arrayPath}`, entity === null ? "none" : "a group or a broken link");
}

function lookUp(path: string, file: File, name: string) {
  try {
    return file.get(name);
  } catch (cause) {
    throw formatError(path, `${name} in the HDF5 file`, hdf5Reason(cause), { cause });
  }
}

/**
 * The sets of a file, sorted by name, each with its three arrays.
 * A compacted file is one set, whose arrays are called as their groups are.
 * @throws DatasetError DATASET_FORMAT where an array has no match in another group, or matching
 * ones differ in shape
 */
export function completeSets(path: string, arrays: Arrays): SetInfo[] {
  if (isCompacted(arrays)) {
    return [completeSet(path, "input", { input: "input", target: "target", seg_map: "seg_map" }, arrays)];
  }
  const names = new Set(SET_GROUPS.flatMap((group) => [...arrays[group].keys()]));
  if (names.size === 0) {
    throw formatError(path, "a training set with frames", "empty groups", {
      advice: "Add frames with dataset add.",
    });
  }
  return [...names]
    .sort(byCodePoint)
    .map((name) => completeSet(path, name, { input: name, target: name, seg_map: name }, arrays));
}

function isCompacted({ input, target, seg_map }: Arrays): boolean {
  return input.size === 1 && input.has("input") && target.has("target") && seg_map.has("seg_map");
}

function completeSet(path: string, name: string, names: Record<GroupName, string>, arrays: Arrays): SetInfo {
  const found = SET_GROUPS.map((group) => ({ group, info: arrays[group].get(names[group]) }));
  const known = found.find(({ info }) => info)?.info;
  for (const { group, info } of found) {
    const wanted = `${group}/${names[group]}`;
    if (!info || !known) {
      throw formatError(path, `${wanted} to match ${known?.path}`, "none", {
        advice: "Add it with dataset add-input or dataset add-target.",
      });
    }
    if (info.samples !== known.samples || !sameShape(info, known)) {
      throw formatError(path, `${wanted} with ${describe(known)} as in ${known.path}`, describe(info), {
        advice: "Frames and their maps must match one by one.",
      });
    }
  }
  const { samples, height, width, framesPerSample } = known!;
  const arrayPaths = {
    input: `input/${names.input}`,
    target: `target/${names.target}`,
    seg_map: `seg_map/${names.seg_map}`,
  };
  return { name, samples, height, width, framesPerSample, arrays: arrayPaths };
}

/** Whether samples of two arrays or sets have the same size. */
export function sameShape(a: SampleShape, b: SampleShape): boolean {
  return a.height === b.height && a.width === b.width && a.framesPerSample === b.framesPerSample;
}

/** "120 samples of 64 x 48": width comes first in all messages. */
export function describe(info: SampleShape & { samples: number }): string {
  const frames = info.framesPerSample === 3 ? "3 frames of " : "";
  return `${info.samples} samples of ${frames}${info.width} x ${info.height}`;
}

/** Sorts by code points, as h5py and the original do, whatever the machine's language is. */
function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The advice for a damaged file about which nothing else is known. */
const DAMAGED = "The file is damaged, or is no training set; make it again with dataset new and dataset add.";

/** The error for a file that is not a proper training set. */
export function formatError(
  path: string,
  expected: string,
  found: string,
  { advice = DAMAGED, cause }: { advice?: string; cause?: unknown } = {},
): DatasetError {
  return new DatasetError("DATASET_FORMAT", { subject: path, expected, found, advice, cause });
}
