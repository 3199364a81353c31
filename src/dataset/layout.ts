import type { Dataset, File } from "h5wasm/node";
import { DatasetError, DefconError } from "../base/errors.js";
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
  /** Samples that a chunk of the file holds parts of; 1 where the array is not in chunks. */
  samplesPerChunk: number;
}

export type Arrays = Record<GroupName, Map<string, ArrayInfo>>;

/** Arrays that belong together, all of one shape. */
export interface SetInfo extends SampleShape {
  name: string;
  samples: number;
  /** Its arrays. Without `seg_map`, segmentation maps follow from the density maps. */
  arrays: Record<"input" | "target", ArrayInfo> & { seg_map?: ArrayInfo };
}

/**
 * HDF5's type classes, and those that each array may have: h5py stores booleans as an enumeration.
 */
const HDF5_INTEGER = 0;
const HDF5_FLOAT = 1;
const HDF5_ENUM = 8;
type HasType = (type: { type: number; size: number; signed: boolean }) => boolean;
const isFloat: HasType = ({ type, size }) => type === HDF5_FLOAT && (size === 4 || size === 8);
const isCameras: HasType = ({ type, size, signed }) => type === HDF5_INTEGER && !signed && size <= 2;
const TYPES: Record<GroupName, { has: HasType; title: string }> = {
  input: { has: (type) => isFloat(type) || isCameras(type), title: "float32, float64, uint8 or uint16" },
  target: { has: isFloat, title: "float32 or float64" },
  seg_map: { has: ({ type }) => type === HDF5_INTEGER || type === HDF5_ENUM, title: "integers or booleans" },
};

/** HDF5's own filters, which can be read: gzip, shuffle, fletcher32, szip, nbit, scale-offset. */
const KNOWN_FILTERS = 6;

/**
 * All arrays in the file, sorted by name, with their shapes.
 * A group that is missing holds none: programs make each group with its first array.
 * @throws DatasetError DATASET_FORMAT
 */
export function listArrays(path: string, file: File): Arrays {
  return readingTables(path, () => arraysIn(path, file));
}

function arraysIn(path: string, file: File): Arrays {
  const keys = file.keys();
  if (keys.length > 0 && !SET_GROUPS.some((group) => keys.includes(group))) {
    throw formatError(
      path,
      `a training set with the groups ${SET_GROUPS.join(", ")}`,
      `none of them among ${keys.slice(0, 8).join(", ")}`,
    );
  }
  return {
    input: listGroup(path, file, "input"),
    target: listGroup(path, file, "target"),
    seg_map: listGroup(path, file, "seg_map"),
  };
}

function listGroup(path: string, file: File, group: GroupName): Map<string, ArrayInfo> {
  const entity = lookUp(path, file, group);
  if (entity === null) return new Map();
  if (isDataset(entity) || !("keys" in entity)) {
    throw formatError(
      path,
      `a training set with the groups ${SET_GROUPS.join(", ")}`,
      `${group} that is no group`,
    );
  }
  const names = entity.keys().sort(byCodePoint);
  return new Map(names.map((name) => [name, arrayInfo(path, file, group, name)]));
}

/**
 * Does what reads the inner tables of an HDF5 file.
 * @throws DatasetError DATASET_FORMAT where they are damaged; errors of this program as they are
 */
export function readingTables<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof DefconError) throw cause;
    throw formatError(path, "a whole HDF5 file", hdf5Reason(cause), { cause });
  }
}

function arrayInfo(path: string, file: File, group: GroupName, name: string): ArrayInfo {
  const arrayPath = `${group}/${name}`;
  const dataset = datasetAt(path, file, arrayPath);
  const { type, size, signed, chunks } = dataset.metadata;
  const { has, title } = TYPES[group];
  const isNumber = type === HDF5_INTEGER || type === HDF5_FLOAT || type === HDF5_ENUM;
  const dtype = isNumber ? dtypeName(type, size, signed) : JSON.stringify(dataset.dtype);
  if (!has({ type, size, signed })) {
    throw formatError(path, `${arrayPath} of ${title}`, dtype, {
      advice: `Write the array again in one of these types.${group === "input" ? " Frames of a camera can stay as they are: 8 and 16 bits are divided by 255 and 65535." : ""}`,
    });
  }
  checkFilters(path, arrayPath, dataset);
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
  const shared = { path: arrayPath, samples, dtype, samplesPerChunk: chunks?.[0] ?? 1 };
  return { ...shared, height, width, framesPerSample: frames === 3 ? 3 : 1 };
}

/**
 * @throws DatasetError DATASET_FORMAT for an array that is compressed in a way that cannot be read
 */
export function checkFilters(path: string, arrayPath: string, dataset: Dataset): void {
  const unknown = dataset.filters.find(({ id }) => id > KNOWN_FILTERS);
  if (!unknown) return;
  const { name, id } = unknown;
  const found = `the compression ${name || "of another program"} (HDF5 filter ${id})`;
  throw formatError(path, `${arrayPath} uncompressed or with gzip`, found, {
    advice:
      'Write the array again with h5py: file.create_dataset(..., compression="gzip"). To read it there, filters other than lzf need "import hdf5plugin" before.',
  });
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
 * The sets of a file, sorted by name, each with its arrays.
 * A compacted file is one set, whose arrays are called as their groups are. A set may lack
 * segmentation maps.
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
  const segmented = seg_map.size === 0 || seg_map.has("seg_map");
  return input.size === 1 && input.has("input") && target.has("target") && segmented;
}

function completeSet(path: string, name: string, names: Record<GroupName, string>, arrays: Arrays): SetInfo {
  const found = SET_GROUPS.map((group) => ({ group, info: arrays[group].get(names[group]) }));
  const known = found.find(({ info }) => info)?.info;
  for (const { group, info } of found) {
    const wanted = `${group}/${names[group]}`;
    if (!info && known && group === "seg_map") continue;
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
  const segMap = arrays.seg_map.get(names.seg_map);
  const of = {
    input: arrays.input.get(names.input)!,
    target: arrays.target.get(names.target)!,
    ...(segMap && { seg_map: segMap }),
  };
  return { name, samples, height, width, framesPerSample, arrays: of };
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
