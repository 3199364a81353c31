import { InputError } from "../base/errors.js";
import type { NumberArray } from "./nd-array.js";

/** The first bytes of every NumPy file. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Alignment of the data, which the format's documentation asks for, bytes. */
const ALIGNMENT = 64;
/** Bytes of magic, version and the longest length field. */
export const NPY_PREFIX_BYTES = 12;

/** A NumPy file's description of its array (numpy.lib.format, versions 1.0 to 3.0). */
export interface NpyHeader {
  shape: number[];
  type: NpyType;
  littleEndian: boolean;
  /** Where the values start, bytes. */
  dataOffset: number;
}

/** NumPy's type codes, and the arrays for their values. */
const TYPES = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;
type NpyType = keyof typeof TYPES;

/**
 * The header of a NumPy file (.npy, version 1.0) of float32 values in C order.
 * @param least bytes that it has at least, a multiple of 64
 */
export function npyHeader(shape: readonly number[], least = 0): Uint8Array {
  const start = MAGIC.length + 4;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((side) => `${side},`).join(" ")}), }`;
  const end = Math.max(least, Math.ceil((start + description.length + 1) / ALIGNMENT) * ALIGNMENT);
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
    throw damaged(path, "a NumPy file (.npy)", "other bytes at its start");
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  return version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
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
  if (!type || !Object.hasOwn(TYPES, type[2]!)) {
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject: path,
      expected: "an array of integers, float32 or float64",
      found: /'descr'\s*:\s*([^,]+)/.exec(text)?.[1]?.trim() ?? "no type",
      advice: 'Save it as one of these: numpy.save(file, array.astype("float32")).',
    });
  }
  if (order === "True") {
    throw damaged(
      path,
      "an array in C order",
      "one in Fortran order",
      "Save it with numpy.save(file, numpy.ascontiguousarray(array)).",
    );
  }
  return {
    shape: shape.split(",").flatMap((side) => (side.trim() ? [Number.parseInt(side, 10)] : [])),
    type: type[2] as NpyType,
    littleEndian: type[1] !== ">",
    dataOffset,
  };
}

/** Bytes of a value. */
export function npyValueBytes({ type }: NpyHeader): number {
  return TYPES[type].BYTES_PER_ELEMENT;
}

/** Bytes of a NumPy file as numbers. Bytes in another byte order are swapped in place. */
export function npyValues({ type, littleEndian }: NpyHeader, bytes: Uint8Array): NumberArray {
  const Values = TYPES[type];
  const size = Values.BYTES_PER_ELEMENT;
  // Typed arrays need an offset that is a multiple of the value's size.
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (!littleEndian && size > 1) {
    const buffer = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
    if (size === 2) buffer.swap16();
    else if (size === 4) buffer.swap32();
    else buffer.swap64();
  }
  return new Values(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

function damaged(path: string, expected: string, found: string, advice?: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: path,
    expected,
    found,
    advice: advice ?? "The file is damaged, or is of another kind; save it again with numpy.save.",
  });
}
