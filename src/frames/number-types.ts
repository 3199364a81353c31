import type { PixelType } from "./frame.js";
import type { NumberArray } from "./nd-array.js";

/** Types of stored numbers by NumPy's codes: their bytes, and the pixels that they are counted as. */
export const NUMBER_TYPES = {
  b1: { bytes: 1, pixels: "uint8" },
  u1: { bytes: 1, pixels: "uint8" },
  i1: { bytes: 1, pixels: "float32" },
  u2: { bytes: 2, pixels: "uint16" },
  i2: { bytes: 2, pixels: "float32" },
  u4: { bytes: 4, pixels: "float32" },
  i4: { bytes: 4, pixels: "float32" },
  u8: { bytes: 8, pixels: "float32" },
  i8: { bytes: 8, pixels: "float32" },
  f2: { bytes: 2, pixels: "float32" },
  f4: { bytes: 4, pixels: "float32" },
  f8: { bytes: 8, pixels: "float32" },
} as const satisfies Record<string, { bytes: number; pixels: PixelType }>;

export type NumberType = keyof typeof NUMBER_TYPES;

/** Whether a text is one of NumPy's codes that are read. */
export function isNumberType(code: string): code is NumberType {
  return Object.hasOwn(NUMBER_TYPES, code);
}

const ARRAYS = {
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

/**
 * Stored bytes as numbers, without a copy where they allow it.
 * Bytes in another byte order are swapped in place. Half precision becomes float32, which holds it
 * exactly.
 */
export function readNumbers(type: NumberType, littleEndian: boolean, bytes: Uint8Array): NumberArray {
  const size = NUMBER_TYPES[type].bytes;
  // Typed arrays need an offset that is a multiple of the value's size.
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (!littleEndian && size > 1) {
    const buffer = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
    if (size === 2) buffer.swap16();
    else if (size === 4) buffer.swap32();
    else buffer.swap64();
  }
  const [buffer, offset, count] = [
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / size,
  ];
  return type === "f2"
    ? Float32Array.from(new Uint16Array(buffer, offset, count), halfFloat)
    : new ARRAYS[type](buffer, offset, count);
}

/** The value of half precision (IEEE 754 binary16): sign, five bits of exponent, ten of mantissa. */
export function halfFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
