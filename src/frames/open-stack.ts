import { basename, dirname } from "node:path";
import { checkArgument, PATH } from "../base/arguments.js";
import { openHdf5Stack } from "./hdf5-stack.js";
import { openNpyStack, openNpzStack } from "./npy-stack.js";
import { type SourceParts, sourceParts } from "./source-parts.js";
import type { StackReader } from "./stack-reader.js";
import { openTifStack } from "./tif-stack.js";

const OPENERS: Record<SourceParts["kind"], (source: string) => Promise<StackReader>> = {
  hdf5: openHdf5Stack,
  npy: openNpyStack,
  npz: openNpzStack,
  tif: openTifStack,
};

/**
 * Opens frames by their name: a tif stack, NAME.npy, FILE.npz or FILE.npz:ARRAY, FILE.h5:ARRAY.
 * @throws InputError as the reader of each kind does, or INPUT_OPTION for what is no path
 */
export async function openStack(source: string): Promise<StackReader> {
  checkArgument("source", source, PATH);
  return OPENERS[sourceParts(source).kind](source);
}

/**
 * The folder of a source's file, and the name of results made from it.
 * "run.tif" gives run, "set.h5:input/a" gives set.input.a.
 */
export function resultName(source: string): { folder: string; stem: string } {
  const { path, array } = sourceParts(source);
  const stem = basename(path).replace(/\.(ome\.)?tiff?$|\.npy$|\.npz$|\.h5$|\.hdf5$/i, "");
  return { folder: dirname(path), stem: array ? `${stem}.${array.replace(/[\\/:]+/g, ".")}` : stem };
}
