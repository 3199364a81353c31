import { PIXEL_TYPES, type PixelArray, type PixelType } from "../frame.js";
import { checkHeld } from "../nd-array.js";
import { halfFloat } from "../number-types.js";

/** TIFF's numbers of sample formats. */
export const SAMPLE_FORMAT = {
  unsigned: 1,
  signed: 2,
  float: 3,
  unknown: 4,
  complexInteger: 5,
  complex: 6,
} as const;

/** Arrays that values are read into as they are stored. */
type StoredArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

type StoredArrayType = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => StoredArray;

/** How values of one type are stored, and what they are counted as. */
export interface SampleType {
  stored: StoredArrayType;
  pixelType: PixelType;
  /** Bits of a value. Those of fewer bits than the array's are packed. */
  bits: number;
  /** Set where float32 does not hold every value. */
  rounds?: boolean;
  /** A value from its stored bits, where these are not the value itself. */
  value?: (stored: number) => number;
}

const [UNSIGNED, SIGNED, FLOAT] = [SAMPLE_FORMAT.unsigned, SAMPLE_FORMAT.signed, SAMPLE_FORMAT.float];

const SAMPLE_TYPES: Readonly<Record<string, SampleType>> = Object.fromEntries(
  [
    [UNSIGNED, { stored: Uint8Array, pixelType: "uint8", bits: 8 }],
    [UNSIGNED, { stored: Uint16Array, pixelType: "uint16", bits: 16 }],
    [UNSIGNED, { stored: Uint32Array, pixelType: "float32", bits: 32, rounds: true }],
    [UNSIGNED, { stored: BigUint64Array, pixelType: "float32", bits: 64, rounds: true }],
    [SIGNED, { stored: Int8Array, pixelType: "float32", bits: 8 }],
    [SIGNED, { stored: Int16Array, pixelType: "float32", bits: 16 }],
    [SIGNED, { stored: Int32Array, pixelType: "float32", bits: 32, rounds: true }],
    [SIGNED, { stored: BigInt64Array, pixelType: "float32", bits: 64, rounds: true }],
    [FLOAT, { stored: Uint16Array, pixelType: "float32", bits: 16, value: halfFloat }],
    [FLOAT, { stored: Float32Array, pixelType: "float32", bits: 32 }],
    [FLOAT, { stored: Float64Array, pixelType: "float32", bits: 64, rounds: true }],
  ].map(([format, type]) => [`${format}:${(type as SampleType).bits}`, type as SampleType]),
);

/** The type of samples, by TIFF's SampleFormat and BitsPerSample; undefined for others. */
export function sampleType(format: number, bits: number): SampleType | undefined {
  const known = SAMPLE_TYPES[`${format === SAMPLE_FORMAT.unknown ? UNSIGNED : format}:${bits}`];
  if (known || (format !== UNSIGNED && format !== SAMPLE_FORMAT.unknown)) return known;
  if (!Number.isInteger(bits) || bits < 1 || bits > 15) return undefined;
  return bits < 8
    ? { stored: Uint8Array, pixelType: "uint8", bits }
    : { stored: Uint16Array, pixelType: "uint16", bits };
}

/** Whether values have fewer bits than the bytes of their array, and lie bit to bit. */
export function isPacked({ stored, bits }: SampleType): boolean {
  return bits < 8 * bytesOfStored(stored);
}

/** Whether stored values are pixels as they are. */
export function isPixels(type: SampleType): boolean {
  return !isPacked(type) && type.stored === (PIXEL_TYPES[type.pixelType].array as unknown as StoredArrayType);
}

/** Bytes of a value in its array. */
export function bytesOfStored(stored: StoredArrayType): number {
  return (stored as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
}

/** Bytes of a row of values. Packed rows are filled up to whole bytes. */
export function rowBytes({ bits }: SampleType, values: number): number {
  return Math.ceil((values * bits) / 8);
}

/**
 * Unpacks rows of values that lie bit to bit, the highest bit first.
 * TIFF 6.0, section "BitsPerSample": each row begins with a byte of its own.
 */
export function unpack(packed: Uint8Array, bits: number, rows: number, values: number): Uint16Array {
  const unpacked = new Uint16Array(rows * values);
  const bytes = Math.ceil((values * bits) / 8);
  for (let row = 0; row < rows; row++) {
    let [at, buffer, held] = [row * bytes, 0, 0];
    for (let i = row * values; i < (row + 1) * values; i++) {
      for (; held < bits; held += 8) buffer = ((buffer << 8) | packed[at++]!) & 0xffffff;
      held -= bits;
      unpacked[i] = (buffer >>> held) & ((1 << bits) - 1);
    }
  }
  return unpacked;
}

/**
 * One value of each pixel, as pixels.
 * @param values those of `count` pixels, `step` a pixel
 * @param subject the page in messages
 * @returns whether a float lost digits
 * @throws InputError INPUT_PIXEL_VALUE for a number that float32 would change or cannot hold
 */
export function takeSample(
  { value, rounds, stored }: SampleType,
  values: ArrayLike<number | bigint>,
  { from, step, count }: { from: number; step: number; count: number },
  target: PixelArray,
  at: number,
  subject: string,
): boolean {
  const float = stored === Float64Array;
  let rounded = false;
  for (let i = 0; i < count; i++) {
    const exact = values[from + i * step]!;
    target[at + i] = value ? value(exact as number) : Number(exact);
    if (!rounds) continue;
    checkHeld(exact, target[at + i]!, float, subject);
    if (float && target[at + i] !== exact && !Number.isNaN(exact)) rounded = true;
  }
  return rounded;
}

/** Turns values that stand for white where they are 0. @param bits of a value */
export function invert(pixels: PixelArray, bits: number): void {
  const white = 2 ** bits - 1;
  for (let i = 0; i < pixels.length; i++) pixels[i] = white - pixels[i]!;
}
