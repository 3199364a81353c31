import { InputError } from "../base/errors.js";
import { PIXEL_TYPES, type StackInfo } from "./frame.js";
import { checkFrameSize } from "./frame-size.js";
import { toPixels } from "./nd-array.js";
import { NUMBER_TYPES, type NumberType, readNumbers } from "./number-types.js";
import type { RandomFile } from "./random-file.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/** How uncompressed frames lie in a file, as its header says. */
export interface RawFrames extends Omit<StackInfo, "pixelType"> {
  type: NumberType;
  littleEndian: boolean;
  /** Where the pixels of a frame start, bytes. @param index from 0 */
  offsetOf: (index: number) => number | Promise<number>;
  /** Bytes from one row to the next; rows follow each other where it is left out. */
  rowBytes?: number;
}

/**
 * A stack of uncompressed frames in a file. The last frame must be there as a whole.
 * @throws InputError INPUT_SIZE, INPUT_TRUNCATED
 */
export async function rawStack(file: RandomFile, raw: RawFrames): Promise<StackReader> {
  const { type, littleEndian, offsetOf, rowBytes, ...shape } = raw;
  const { width, height, frames } = shape;
  checkFrameSize(file.path, width, height);
  if (!Number.isInteger(frames) || frames < 1) {
    throw new InputError("INPUT_SIZE", {
      subject: file.path,
      expected: "at least one frame",
      found: `${frames}`,
      advice: "The recording is empty; record it again.",
    });
  }
  const packed = width * NUMBER_TYPES[type].bytes;
  const step = rowBytes ?? packed;
  const frameBytes = (height - 1) * step + packed;
  const end = (await offsetOf(frames - 1)) + frameBytes;
  if (end > file.size) throw file.cutOff(`${frames} frames of ${width} x ${height}`, end);
  const info: StackInfo = {
    ...shape,
    pixelType: NUMBER_TYPES[type].pixels,
    // Programs that know no unsigned integers write a camera's counts as signed ones.
    ...(type === "i2" && { fullScale: PIXEL_TYPES.uint16.largest }),
  };
  const read = async (index: number) => {
    const name = `${file.path}, frame ${index + 1}`;
    const bytes = await file.read(await offsetOf(index), frameBytes, `frame ${index + 1}`);
    const numbers = readNumbers(type, littleEndian, step === packed ? bytes : packRows(bytes, packed, step));
    return toPixels(numbers, name);
  };
  return stackReader(file.path, info, read, () => file.close());
}

/** Rows without the bytes between them. */
function packRows(bytes: Uint8Array, packed: number, step: number): Uint8Array {
  const rows = Math.ceil(bytes.length / step);
  const result = new Uint8Array(rows * packed);
  for (let row = 0; row < rows; row++) {
    result.set(bytes.subarray(row * step, row * step + packed), row * packed);
  }
  return result;
}
