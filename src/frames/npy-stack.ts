import type { FileHandle } from "node:fs/promises";
import { type UnzipFileInfo, unzip } from "fflate";
import { InputError, messageOf } from "../base/errors.js";
import { openFile, readWholeFile } from "../base/regular-file.js";
import { arrayStack, framesShape, pixelTypeOfNumbers, toPixels } from "./nd-array.js";
import {
  NPY_PREFIX_BYTES,
  type NpyHeader,
  npyHeaderEnd,
  npyValueBytes,
  npyValues,
  readNpyHeader,
} from "./npy.js";
import { sourceParts } from "./source-parts.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/**
 * Opens a NumPy file of frames, (H,W), (N,H,W) or (N,H,W,1), to read them one by one.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE, INPUT_SIZE
 */
export async function openNpyStack(path: string): Promise<StackReader> {
  const file = await openFile(path, "a NumPy file (.npy)");
  try {
    const end = npyHeaderEnd(path, await readBytes(file, path, 0, NPY_PREFIX_BYTES));
    const header = readNpyHeader(path, await readBytes(file, path, 0, end));
    const { frames, height, width } = framesShape(path, header.shape);
    const frameBytes = height * width * npyValueBytes(header);
    const { size } = await file.stat();
    checkLength(path, header, size, frames * frameBytes);
    const pixelType = pixelTypeOfNumbers(npyValues(header, new Uint8Array(0)));
    const info = { width, height, frames, pixelType, calibration: {} };
    const read = async (index: number) => {
      const bytes = await readBytes(file, path, header.dataOffset + index * frameBytes, frameBytes);
      return toPixels(npyValues(header, bytes));
    };
    return stackReader(path, info, read, () => file.close());
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Opens an array of an archive by numpy.savez or numpy.savez_compressed. It is held in memory.
 * @param source FILE.npz, if it holds a single array, or FILE.npz:NAME
 * @throws as {@link openNpyStack}; InputError INPUT_OPTION where there are several arrays and none
 * is named
 */
export async function openNpzStack(source: string): Promise<StackReader> {
  const { path, array: wanted } = sourceParts(source);
  const archive = await readWholeFile(path, "an archive of NumPy arrays (.npz)");
  const names: string[] = [];
  const isWanted = ({ name }: UnzipFileInfo) => {
    names.push(name.replace(/\.npy$/, ""));
    return wanted === undefined || name === `${wanted}.npy`;
  };
  const entries = await unzipped(archive, isWanted).catch((cause: unknown) => {
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "a zip archive of NumPy arrays",
      found: messageOf(cause),
      advice: "The file is damaged; save it again with numpy.savez.",
      cause,
    });
  });
  const bytes = Object.values(entries);
  if (bytes.length !== 1) throw oneOfMany(source, path, names);
  const header = readNpyHeader(source, bytes[0]!);
  const data = bytes[0]!.subarray(header.dataOffset);
  const size = header.shape.reduce((product, side) => product * side, npyValueBytes(header));
  checkLength(source, header, bytes[0]!.length, size);
  return arrayStack({ shape: header.shape, data: npyValues(header, data.subarray(0, size)) }, source);
}

/** Inflates the chosen files of an archive, in the library's own threads. */
function unzipped(
  archive: Uint8Array,
  filter: (file: UnzipFileInfo) => boolean,
): Promise<Record<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    unzip(archive, { filter }, (error, files) => (error ? reject(error) : resolve(files)));
  });
}

function oneOfMany(source: string, path: string, names: readonly string[]): InputError {
  const first = names[0] ?? "NAME";
  return new InputError("INPUT_OPTION", {
    subject: source,
    expected: names.length > 1 ? "the name of one of its arrays" : "an array of that name",
    found: names.length > 0 ? `the arrays ${names.slice(0, 20).join(", ")}` : "no arrays",
    advice: `Name the array after a colon: ${path}:${first}`,
  });
}

/** @throws InputError INPUT_TRUNCATED for a file that is shorter than its header says */
function checkLength(path: string, { dataOffset }: NpyHeader, bytes: number, needed: number): void {
  if (bytes >= dataOffset + needed) return;
  throw new InputError("INPUT_TRUNCATED", {
    subject: path,
    expected: `${needed} bytes of values`,
    found: `${Math.max(0, bytes - dataOffset)}`,
    advice: "The file is cut off; copy or save it again.",
  });
}

async function readBytes(file: FileHandle, path: string, start: number, count: number): Promise<Uint8Array> {
  // A buffer of its own, in which the values can stay without a copy.
  const bytes = new Uint8Array(count);
  const { bytesRead } = await file.read(bytes, 0, count, start);
  if (bytesRead === count) return bytes;
  throw new InputError("INPUT_TRUNCATED", {
    subject: path,
    expected: `${count} bytes from byte ${start} on`,
    found: `${bytesRead}`,
    advice: "The file is cut off; copy or save it again.",
  });
}
