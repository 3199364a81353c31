import { basename, dirname } from "node:path";
import { InputError } from "../base/errors.js";
import { openHdf5Stack } from "./hdf5-stack.js";
import { withInvalidReplaced } from "./invalid-pixels.js";
import { openNpyStack, openNpzStack } from "./npy-stack.js";
import type { OpenOptions } from "./open-options.js";
import { type SourceParts, sourceParts } from "./source-parts.js";
import type { StackReader } from "./stack-reader.js";
import { openTifStack } from "./tif-stack.js";

const OPENERS: Record<SourceParts["kind"], (source: string, options: OpenOptions) => Promise<StackReader>> = {
  hdf5: openHdf5Stack,
  npy: openNpyStack,
  npz: openNpzStack,
  tif: openTifStack,
};

/**
 * Opens frames by their name: a tif stack, NAME.npy, FILE.npz or FILE.npz:ARRAY, FILE.h5:ARRAY.
 * @throws InputError as the reader of each kind does
 */
export async function openStack(source: string, options: OpenOptions = {}): Promise<StackReader> {
  const { kind } = sourceParts(source);
  if (options.channel !== undefined && kind !== "tif") {
    throw new InputError("INPUT_OPTION", {
      subject: `--channel ${options.channel}`,
      expected: "a tif with several values a pixel",
      found: source,
      advice: "Leave it out.",
    });
  }
  const stack = await OPENERS[kind](source, options);
  return options.replaceInvalid === "median" ? withInvalidReplaced(stack) : stack;
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
