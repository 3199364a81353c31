import { basename, dirname } from "node:path";
import { hdf5Parts, openHdf5Stack } from "./hdf5-stack.js";
import { namesNpy, namesNpz, openNpyStack, openNpzStack } from "./npy-stack.js";
import type { StackReader } from "./stack-reader.js";
import { openTifStack } from "./tif-stack.js";

/**
 * Opens frames by their name: a tif stack, NAME.npy, FILE.npz or FILE.npz:ARRAY, FILE.h5:ARRAY.
 * @throws InputError as the reader of each kind does
 */
export function openStack(source: string): Promise<StackReader> {
  if (hdf5Parts(source)) return openHdf5Stack(source);
  if (namesNpy(source)) return openNpyStack(source);
  return namesNpz(source) ? openNpzStack(source) : openTifStack(source);
}

/**
 * The folder of a source's file, and the name of results made from it.
 * "run.tif" gives run, "set.h5:input/a" gives set.input.a.
 */
export function resultName(source: string): { folder: string; stem: string } {
  const [, file = source, array] = /^(.*\.(?:h5|hdf5|npz)):(.+)$/i.exec(source) ?? [];
  const stem = basename(file).replace(/\.(ome\.)?tiff?$|\.npy$|\.npz$|\.h5$|\.hdf5$/i, "");
  return { folder: dirname(file), stem: array ? `${stem}.${array.replace(/[\\/:]+/g, ".")}` : stem };
}
