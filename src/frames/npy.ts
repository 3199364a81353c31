import { InputError } from "../base/errors.js";
import type { NumberArray } from "./nd-array.js";
import { isNumberType, NUMBER_TYPES, type NumberType } from "./number-types.js";
import { anotherKind, damagedFile } from "./random-file.js";

/** The first bytes of every NumPy file. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Alignment of the data, which the format's documentation asks for, bytes. */
const ALIGNMENT = 64;
/** Bytes of magic, version and the longest length field. */
export const NPY_PREFIX_BYTES = 12;
/** Longest header that is read; NumPy itself refuses those above 10,000 bytes. */
const MOST_HEADER_BYTES = 1_048_576;

/** A NumPy file's description of its array (numpy.lib.format, versions 1.0 to 3.0). */
export interface NpyHeader {
  shape: number[];
  type: NumberType;
  littleEndian: boolean;
  /** Whether the first index changes fastest, not the last. */
  fortran: boolean;
  /** Where the values start, bytes. */
  dataOffset: number;
}

/** The header of a NumPy file (.npy, version 1.0) of float32 values in C order. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const start = MAGIC.length + 4;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((side) => `${side},`).join(" ")}), }`;
  const end = Math.ceil((start + description.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(end);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(MAGIC.length + 2, end - start, true);
  bytes.set(new TextEncoder().encode(`${description.padEnd(end - start - 1)}\n`), start);
  return bytes;
}

/** The bytes of a NumPy file (.npy, version 1.0) of float32 values in C order. */
export function encodeNpy(values: Float32Array, shape: readonly number[]): Uint8Array {
  // All machines that Node.js runs on are little endian.
  return Buffer.concat([npyHeader(shape), bytesOf(values)]);
}

/** The bytes of an array's values, without a copy. */
export function bytesOf(values: NumberArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Where a header ends.
 * @param head the file's first {@link NPY_PREFIX_BYTES}
 * @throws InputError INPUT_FORMAT
 */
export function npyHeaderEnd(path: string, head: Uint8Array): number {
  const version = head[6] ?? 0;
  if (head.length < NPY_PREFIX_BYTES || MAGIC.some((byte, i) => head[i] !== byte) || version > 3) {
    throw anotherKind(path, "a NumPy file (.npy)", head);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const end = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (end <= MOST_HEADER_BYTES) return end;
  throw damaged(path, `a header of at most ${MOST_HEADER_BYTES} bytes`, `one of ${end}`);
}

/**
 * Reads a header.
 * @param bytes at least the file's bytes up to {@link npyHeaderEnd}
 * @throws InputError INPUT_FORMAT, INPUT_PIXEL_TYPE
 */
export function readNpyHeader(path: string, bytes: Uint8Array): NpyHeader {
  const dataOffset = npyHeaderEnd(path, bytes);
  const text = new TextDecoder("latin1").decode(bytes.subarray(10, dataOffset));
  const type = /'descr'\s*:\s*'([<>|=])([a-zA-Z]\d+)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (shape === undefined || order === undefined) throw damaged(path, "a header of shape and order", "none");
  const code = type?.[2] ?? "";
  if (!type || !isNumberType(code)) {
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject: path,
      expected: "an array of booleans, integers, float16, float32 or float64",
      found: /'descr'\s*:\s*([^,]+)/.exec(text)?.[1]?.trim() ?? "no type",
      advice: 'Save it as one of these: numpy.save(file, array.astype("float32")).',
    });
  }
  return {
    shape: shape.split(",").flatMap((side) => (side.trim() ? [Number.parseInt(side, 10)] : [])),
    type: code,
    littleEndian: type[1] !== ">",
    fortran: order === "True",
    dataOffset,
  };
}

/** Bytes of all values that a header announces; infinite where no file can hold them. */
export function npyDataBytes({ shape, type }: NpyHeader): number {
  return shape.reduce((product, side) => product * side, NUMBER_TYPES[type].bytes);
}

function damaged(path: string, expected: string, found: string): InputError {
  return damagedFile(
    path,
    expected,
    found,
    "The file is damaged, or is of another kind; save it again with numpy.save.",
  );
}
