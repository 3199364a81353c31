import type { File, Group } from "h5wasm/node";
import { InputError } from "../base/errors.js";
import { datasetIn, hdf5Reason, isDataset, loadHdf5, rowsOf } from "../base/hdf5.js";
import { checkFile } from "../base/regular-file.js";
import { asFrames, framesShape, type NumberArray, pixelTypeOfNumbers, toPixels } from "./nd-array.js";
import { sourceParts } from "./source-parts.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/** Most arrays that a message lists. */
const LISTED = 20;

/**
 * Opens an array of frames in an HDF5 file, (H,W), (N,H,W) or (N,H,W,1), to read them one by one.
 * @param source FILE.h5:PATH
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_PIXEL_TYPE, INPUT_SIZE; INPUT_OPTION
 * where there is no array of that path
 */
export async function openHdf5Stack(source: string): Promise<StackReader> {
  const { path, array } = sourceParts(source);
  await checkFile(path, "an HDF5 file");
  const openHdf5 = await loadHdf5();
  let file: File;
  try {
    file = openHdf5(path, "r");
  } catch (cause) {
    throw damaged(path, cause);
  }
  try {
    const dataset = array === undefined ? undefined : datasetIn(file, array);
    if (!dataset) throw noArray(source, path, arraysOf(file));
    const { frames, height, width } = framesShape(source, dataset.shape ?? []);
    // The library has no array for half precision.
    if (/e$/.test(String(dataset.dtype))) throw wrongType(source, "float16");
    const rows = dataset.shape?.length === 2 ? height : 1;
    const read = (index: number): NumberArray => {
      try {
        return numbers(source, rowsOf(dataset, index * rows, (index + 1) * rows));
      } catch (cause) {
        throw cause instanceof InputError ? cause : damaged(source, cause);
      }
    };
    const info = { width, height, frames, pixelType: pixelTypeOfNumbers(read(0)), calibration: {} };
    return stackReader(
      source,
      info,
      (index) => toPixels(read(index), `${source}, frame ${index + 1}`),
      async () => void file.close(),
    );
  } catch (error) {
    file.close();
    throw error instanceof InputError ? error : damaged(path, error);
  }
}

/** @throws InputError INPUT_PIXEL_TYPE for anything but numbers */
function numbers(source: string, value: unknown): NumberArray {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as NumberArray;
  throw wrongType(source, "values of another type");
}

function wrongType(source: string, found: string): InputError {
  return new InputError("INPUT_PIXEL_TYPE", {
    subject: source,
    expected: "an array of integers, float32 or float64",
    found,
    advice: 'Save it as one of these: file[name] = array.astype("float32").',
  });
}

/** Paths of the arrays that may hold frames. */
function arraysOf(group: File | Group, prefix = ""): string[] {
  return group.keys().flatMap((name) => {
    const entity = group.get(name);
    const path = `${prefix}${name}`;
    if (isDataset(entity)) return asFrames(entity.shape ?? []) ? [path] : [];
    return entity && "keys" in entity ? arraysOf(entity as Group, `${path}/`) : [];
  });
}

function noArray(source: string, path: string, arrays: readonly string[]): InputError {
  return new InputError("INPUT_OPTION", {
    subject: source,
    expected: "the path of one of the file's arrays",
    found: arrays.length > 0 ? `the arrays ${arrays.slice(0, LISTED).join(", ")}` : "none with frames",
    advice: `Name the array after a colon: ${path}:${arrays[0] ?? "group/array"}`,
  });
}

function damaged(path: string, cause: unknown): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: path,
    expected: "an HDF5 file",
    found: hdf5Reason(cause),
    advice: "The file is damaged, or is of another kind; write it again.",
    cause,
  });
}
