import { basename, dirname, resolve } from "node:path";
import { checkArgument, checkOptions, PATH } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { optionText } from "../base/option-text.js";
import { openDaxStack } from "./dax-stack.js";
import { openHdf5Stack } from "./hdf5-stack.js";
import { withInvalidReplaced } from "./invalid-pixels.js";
import { openNd2Stack } from "./nd2-stack.js";
import { openNpyStack, openNpzStack } from "./npy-stack.js";
import { OPEN_RULES, type OpenOptions } from "./open-options.js";
import { openPicassoStack } from "./picasso-stack.js";
import { openSifStack } from "./sif-stack.js";
import { type SourceKind, sourceParts, withoutEnding } from "./source-parts.js";
import { openSpeStack } from "./spe-stack.js";
import type { StackReader } from "./stack-reader.js";
import { openTifStack } from "./tif-stack.js";
import { openZarrStack } from "./zarr-stack.js";

/** The reader of each kind; the endings of their names are in source-parts.ts. */
const OPENERS: Record<SourceKind, (source: string, options: OpenOptions) => Promise<StackReader>> = {
  tif: openTifStack,
  npy: openNpyStack,
  npz: openNpzStack,
  hdf5: openHdf5Stack,
  zarr: openZarrStack,
  dax: openDaxStack,
  spe: openSpeStack,
  sif: openSifStack,
  nd2: openNd2Stack,
  picasso: openPicassoStack,
};

/**
 * Opens frames by their name: a tif stack, NAME.npy, FILE.npz or FILE.npz:ARRAY, FILE.h5:ARRAY, the
 * folder NAME.zarr or NAME.zarr/PATH inside, NAME.dax, NAME.spe, NAME.sif, NAME.nd2, NAME.raw.
 * @throws InputError as the reader of each kind does, or INPUT_OPTION for what is no path
 */
export async function openStack(source: string, options: OpenOptions = {}): Promise<StackReader> {
  checkArgument("source", source, PATH);
  checkOptions<OpenOptions>(options, OPEN_RULES);
  const { kind } = sourceParts(source);
  if (kind !== "tif") refuseChannel(source, options);
  const stack = await OPENERS[kind](source, options);
  return options.replaceInvalid === "median" ? withInvalidReplaced(stack) : stack;
}

/** @throws InputError INPUT_OPTION for a channel of frames that have one value a pixel */
export function refuseChannel(source: string, { channel }: OpenOptions): void {
  if (channel === undefined) return;
  throw new InputError("INPUT_OPTION", {
    subject: optionText("channel", channel),
    expected: "a tif with several values a pixel",
    found: source,
    advice: "Leave it out.",
  });
}

/**
 * The folder of a source's file, and the name of results made from it.
 * "run.tif" gives run, "set.h5:input/a" gives set.input.a.
 */
export function resultName(source: string): { folder: string; stem: string } {
  const { path, array } = sourceParts(source);
  const stem = withoutEnding(basename(resolve(path)));
  const inside = array?.replace(/[\\/:]+$/, "").replace(/[\\/:]+/g, ".");
  return { folder: dirname(path), stem: inside ? `${stem}.${inside}` : stem };
}
