import { extname } from "node:path";

/** Kinds of files that hold frames, by the ending of their names. Every other file is read as tif. */
const KINDS = { ".h5": "hdf5", ".hdf5": "hdf5", ".npy": "npy", ".npz": "npz" } as const;
type SourceKind = (typeof KINDS)[keyof typeof KINDS] | "tif";

/** A file of several arrays, with or without the path of one: FILE.h5:PATH, FILE.npz:NAME. */
const ARRAYS = /^(.*\.(?:h5|hdf5|npz))(?::(.+))?$/i;

/** File, and array in it, that the name of a source of frames stands for. */
export interface SourceParts {
  path: string;
  kind: SourceKind;
  /** Undefined where the name ends with the file's. */
  array: string | undefined;
}

/** Takes the name of a source apart. */
export function sourceParts(source: string): SourceParts {
  const [, path = source, array] = ARRAYS.exec(source) ?? [];
  const ending = extname(path).toLowerCase();
  const kind = Object.hasOwn(KINDS, ending) ? KINDS[ending as keyof typeof KINDS] : "tif";
  return { path, kind, array };
}
