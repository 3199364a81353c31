import { extname } from "node:path";

/** Kinds of files and folders that hold frames. */
interface SourceFormat {
  /** Endings of their names. The longest that fits is left out of the names of results. */
  endings: readonly string[];
  /** Between the file and an array in it: what may stand there in a source's name. */
  arrayAfter?: string;
  /** Whether it is a folder. */
  folder?: boolean;
  /** Whether it holds arrays of any use, not a recording of frames alone. */
  anyArray?: boolean;
}

/** Every kind by the ending of its name. A file with another ending is read as tif. */
export const SOURCE_FORMATS = {
  tif: { endings: [".ome.tiff", ".ome.tif", ".tiff", ".tif"] },
  npy: { endings: [".npy"], anyArray: true },
  npz: { endings: [".npz"], arrayAfter: ":", anyArray: true },
  hdf5: { endings: [".h5", ".hdf5"], arrayAfter: ":", anyArray: true },
  zarr: { endings: [".ome.zarr", ".zarr"], arrayAfter: ":/\\", folder: true },
  dax: { endings: [".dax"] },
  spe: { endings: [".spe"] },
  sif: { endings: [".sif"] },
  nd2: { endings: [".nd2"] },
  picasso: { endings: [".raw"] },
} as const satisfies Record<string, SourceFormat>;

export type SourceKind = keyof typeof SOURCE_FORMATS;

const FORMATS = Object.entries<SourceFormat>(SOURCE_FORMATS) as [SourceKind, SourceFormat][];

/** The usual ending of each kind of recording: ".tif" and others. */
export const RECORDING_ENDINGS: readonly string[] = FORMATS.flatMap(([, { endings, anyArray }]) =>
  anyArray ? [] : [endings.at(-1)!],
);

/** File, and array in it, that the name of a source of frames stands for. */
export interface SourceParts {
  path: string;
  kind: SourceKind;
  /** Undefined where the name ends with the file's. */
  array: string | undefined;
}

/** Takes the name of a source apart: FILE, or FILE:ARRAY where a file holds several. */
export function sourceParts(source: string): SourceParts {
  for (const [kind, { endings, arrayAfter }] of FORMATS) {
    if (arrayAfter === undefined) continue;
    const names = endings.map((ending) => ending.slice(1).replaceAll(".", "\\.")).join("|");
    const pattern = new RegExp(`^(.*\\.(?:${names}))(?:[${arrayAfter.replace("\\", "\\\\")}](.*))?$`, "i");
    const [, path, array] = pattern.exec(source) ?? [];
    if (path !== undefined) return { path, kind, array: array === "" ? undefined : array };
  }
  return { path: source, kind: kindOf(source) ?? "tif", array: undefined };
}

/** The kind that a file's or folder's name stands for by its ending; undefined for other names. */
function kindOf(name: string): SourceKind | undefined {
  const ending = extname(name).toLowerCase();
  return FORMATS.find(([, { endings }]) => endings.includes(ending))?.[0];
}

/** What a name in a folder stands for: a recording of frames, an array of any use, or neither. */
export function entryKind(name: string, isFolder: boolean): "recording" | "array" | undefined {
  const kind = kindOf(name);
  if (kind === undefined) return undefined;
  const { folder = false, anyArray = false }: SourceFormat = SOURCE_FORMATS[kind];
  if (folder !== isFolder) return undefined;
  return anyArray ? "array" : "recording";
}

/** A name without the ending of its kind. */
export function withoutEnding(name: string): string {
  const endings = FORMATS.flatMap(([, format]) => format.endings);
  const found = endings.find((ending) => name.toLowerCase().endsWith(ending));
  return found ? name.slice(0, -found.length) : name;
}
