import { type UnzipFileInfo, unzip } from "fflate";
import { InputError, messageOf } from "../base/errors.js";
import { fortranFrames } from "./fortran-order.js";
import { framesShape, toPixels } from "./nd-array.js";
import { NPY_PREFIX_BYTES, npyDataBytes, npyHeaderEnd, readNpyHeader } from "./npy.js";
import { NUMBER_TYPES, readNumbers } from "./number-types.js";
import { damagedFile, RandomFile } from "./random-file.js";
import { sourceParts } from "./source-parts.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/** Most bytes of an archive, and of an array in it, which is held in memory. */
const MOST_ARCHIVE_BYTES = 2_147_483_648;
/** Most bytes that Deflate makes of one, and bytes around them: a larger claim is a damaged file. */
const DEFLATE_RATIO = 1032;
const DEFLATE_EXTRA = 65_536;

/** A part of a NumPy file. */
type ReadAt = (offset: number, length: number, what: string) => Promise<Uint8Array>;

/**
 * Opens a NumPy file of frames, (H,W), (N,H,W) or (N,H,W,1), to read them one by one.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE, INPUT_SIZE
 */
export function openNpyStack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a NumPy file (.npy)", (file) =>
    npyStack(
      path,
      file.size,
      (offset, length, what) => file.read(offset, length, what),
      () => file.close(),
    ),
  );
}

/**
 * Opens an array of an archive by numpy.savez or numpy.savez_compressed. It is held in memory.
 * @param source FILE.npz, if it holds a single array, or FILE.npz:NAME
 * @throws as {@link openNpyStack}; InputError INPUT_OPTION where there are several arrays and none
 * is named
 */
export async function openNpzStack(source: string): Promise<StackReader> {
  const { path, array: wanted } = sourceParts(source);
  const archive = await readArchive(path);
  const names: string[] = [];
  const isWanted = ({ name, size, originalSize }: UnzipFileInfo) => {
    names.push(name.replace(/\.npy$/, ""));
    if (wanted !== undefined && name !== `${wanted}.npy`) return false;
    if (originalSize > MOST_ARCHIVE_BYTES) throw tooLarge(source, originalSize);
    if (originalSize > size * DEFLATE_RATIO + DEFLATE_EXTRA || size > archive.length) {
      throw new Error(`${name} with ${originalSize} bytes out of ${size}`);
    }
    return true;
  };
  const entries = await unzipped(archive, isWanted).catch((cause: unknown) => {
    if (cause instanceof InputError) throw cause;
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "a zip archive of NumPy arrays",
      found: messageOf(cause),
      advice: "The file is damaged; save it again with numpy.savez.",
      cause,
    });
  });
  const files = Object.values(entries);
  if (files.length !== 1) throw oneOfMany(source, path, names);
  const bytes = files[0]!;
  return npyStack(source, bytes.length, async (offset, length) => bytes.slice(offset, offset + length));
}

/** The frames of a NumPy file. @param source its name in messages @param size its bytes */
async function npyStack(
  source: string,
  size: number,
  readAt: ReadAt,
  close?: () => Promise<void>,
): Promise<StackReader> {
  const end = npyHeaderEnd(source, await readAt(0, Math.min(size, NPY_PREFIX_BYTES), "the header"));
  const header = readNpyHeader(source, await readAt(0, Math.min(size, end), "the header"));
  const shape = framesShape(source, header.shape);
  const { frames, height, width } = shape;
  const { dataOffset, type, littleEndian, fortran } = header;
  const needed = npyDataBytes(header);
  if (size < dataOffset + needed) {
    throw new InputError("INPUT_TRUNCATED", {
      subject: source,
      expected: `${needed} bytes of values`,
      found: `${Math.max(0, size - dataOffset)}`,
      advice: "The file is cut off; copy or save it again.",
    });
  }
  const { bytes: valueBytes, pixels: pixelType } = NUMBER_TYPES[type];
  const frameBytes = height * width * valueBytes;
  const bytesOfFrame = fortran
    ? fortranFrames(shape, valueBytes, (at, length) => readAt(dataOffset + at, length, "values"))
    : (index: number) => readAt(dataOffset + index * frameBytes, frameBytes, `frame ${index + 1}`);
  const read = async (index: number) =>
    toPixels(readNumbers(type, littleEndian, await bytesOfFrame(index)), `${source}, frame ${index + 1}`);
  return stackReader(source, { width, height, frames, pixelType, calibration: {} }, read, close);
}

async function readArchive(path: string): Promise<Uint8Array> {
  const file = await RandomFile.open(path, "an archive of NumPy arrays (.npz)");
  try {
    if (file.size > MOST_ARCHIVE_BYTES) throw tooLarge(path, file.size);
    return await file.read(0, file.size, "the archive");
  } finally {
    await file.close();
  }
}

function tooLarge(source: string, bytes: number): InputError {
  return damagedFile(
    source,
    `an archive and arrays of at most ${MOST_ARCHIVE_BYTES} bytes, which are held in memory`,
    `${bytes} bytes`,
    "Save the array by itself, numpy.save(file, array): a file .npy is read frame by frame.",
  );
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
