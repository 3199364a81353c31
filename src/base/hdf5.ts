import { resolve } from "node:path";
import type { Dataset, File } from "h5wasm/node";
import { messageOf } from "./errors.js";
import { specialKindAt } from "./regular-file.js";

/** The first bytes of every HDF5 file without a user block. */
export const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** "r" reads, "a" reads and changes an existing file, "w" starts an empty one in its place. */
export type Hdf5Mode = "r" | "a" | "w";

/**
 * Opens a file; made by {@link loadHdf5}.
 * @throws Error with HDF5's own words, for {@link hdf5Reason}
 */
export type OpenHdf5 = (path: string, mode: Hdf5Mode) => File;

/**
 * Loads the HDF5 library and makes it throw what it would print.
 * Opening and reading are synchronous from then on.
 */
export async function loadHdf5(): Promise<OpenHdf5> {
  const hdf5 = await import("h5wasm/node");
  const { activate_throwing_error_handler: throwErrors } = await hdf5.ready;
  throwErrors();
  return (path, mode) => {
    // The library would wait for a program that writes into a named pipe, and nothing else would run.
    const special = specialKindAt(path);
    if (special) throw new Error(special);
    return new hdf5.File(resolve(path), mode);
  };
}

/**
 * What is wrong, in one line.
 * These are the operating system's words where HDF5 quotes them, else the innermost line of HDF5's
 * error stack.
 */
export function hdf5Reason(error: unknown): string {
  const message = messageOf(error);
  const system = /error message = '([^']+)'/.exec(message)?.[1];
  const innermost = message
    .match(/#\d+: .*/g)
    ?.at(-1)
    ?.replace(/^#\d+: \S+ line \d+ in \w+\(\): /, "");
  return system ?? innermost ?? message.split("\n")[0] ?? "";
}

/** Whether a name in an HDF5 file led to an array, not to a group or a link. */
export function isDataset(entity: unknown): entity is Dataset {
  return typeof entity === "object" && entity !== null && "write_slice" in entity;
}

/** The array of that path; undefined where there is none, or the link to it is broken. */
export function datasetIn(file: File, path: string): Dataset | undefined {
  try {
    const entity = file.get(path);
    return isDataset(entity) ? entity : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Rows `first` up to but not including `end` of an array, along its first axis.
 * Numbers keep their type; booleans, which h5wasm gives as a list, become bytes of 0 and 1.
 * @throws Error with HDF5's own words, for {@link hdf5Reason}
 */
export function rowsOf(dataset: Dataset, first: number, end: number): unknown {
  const whole: [][] = (dataset.shape ?? []).slice(1).map(() => []);
  const rows = dataset.slice([[first, end], ...whole]);
  const isBoolean = Array.isArray(rows) && rows.every((each) => typeof each === "boolean");
  return isBoolean ? Uint8Array.from(rows, Number) : rows;
}
