import { type Datatype, elementsOf } from "./datatypes.js";
import { malformed, unexpected } from "./malformed.js";
import { emptyValues, type Tensor, valuesOf } from "./tensor.js";

/** What one element in JSON becomes in a typed array; undefined where it is not of the datatype. */
type Reader = (value: unknown) => number | bigint | undefined;

const integers =
  (least: number, most: number): Reader =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : undefined;

/** JSON.parse has rounded larger ones. */
const longIntegers =
  (least: number): Reader =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least ? BigInt(value as number) : undefined;

/** Numbers that a type holds without becoming infinite. */
const finite =
  (round: (value: number) => number): Reader =>
  (value) =>
    typeof value === "number" && Number.isFinite(round(value)) ? value : undefined;

/** Elements as JSON has them. Those of FP16 and BF16 come as bytes only. */
const READERS: Record<Datatype, Reader | undefined> = {
  BOOL: (value) => (typeof value === "boolean" ? Number(value) : undefined),
  UINT8: integers(0, 0xff),
  UINT16: integers(0, 0xffff),
  UINT32: integers(0, 0xffff_ffff),
  UINT64: longIntegers(0),
  INT8: integers(-0x80, 0x7f),
  INT16: integers(-0x8000, 0x7fff),
  INT32: integers(-0x8000_0000, 0x7fff_ffff),
  INT64: longIntegers(Number.MIN_SAFE_INTEGER),
  FP16: undefined,
  BF16: undefined,
  FP32: finite(Math.fround),
  FP64: finite(Number),
};

/**
 * The bytes of a tensor whose elements are in JSON, in one list or nested by axes.
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function bytesOfJson(
  value: unknown,
  datatype: Datatype,
  shape: readonly number[],
  subject: string,
): Uint8Array {
  const read = READERS[datatype];
  if (!read) throw malformed(subject, `elements of ${datatype} as bytes (binary_data_size)`, "JSON");
  const flat = flatten(value, shape, subject);
  const count = elementsOf(shape);
  if (flat.length !== count) {
    throw unexpected(subject, `${count} elements for shape [${shape.join(", ")}]`, flat.length);
  }
  const values = emptyValues(datatype, count);
  flat.forEach((element, i) => {
    const number = read(element);
    if (number === undefined) throw unexpected(`element ${i} of ${subject}`, `a ${datatype}`, element);
    values[i] = number;
  });
  return new Uint8Array(values.buffer);
}

/** One list of the elements. Lists in lists are as many and as deep as the shape says. */
function flatten(value: unknown, shape: readonly number[], subject: string): unknown[] {
  if (!Array.isArray(value)) throw unexpected(subject, "its elements in a list", value);
  return Array.isArray(value[0]) ? flattenNested(value, shape, subject) : value;
}

function flattenNested(value: unknown, [length, ...rest]: readonly number[], subject: string): unknown[] {
  if (!Array.isArray(value)) throw unexpected(subject, `a list of ${length}`, value);
  if (value.length !== length) throw malformed(subject, `a list of ${length}`, `one of ${value.length}`);
  return rest.length === 0 ? value : value.flatMap((part) => flattenNested(part, rest, subject));
}

/**
 * A tensor's elements for JSON, in one list. NaN is null, as JavaScript and NumPy have it.
 * @throws ProtocolError PROTOCOL_MESSAGE for what JSON cannot hold: 16-bit floating point, infinite
 * numbers, whole numbers beyond 2^53
 */
export function jsonOfTensor(tensor: Tensor): (number | boolean | null)[] {
  const { datatype, name } = tensor;
  if (!READERS[datatype]) throw unexpected(name, "a datatype that JSON can hold", datatype);
  return Array.from(valuesOf(tensor, datatype) as ArrayLike<number | bigint>, (value) => {
    const number = Number(value);
    if (Number.isNaN(number)) return null;
    const held = typeof value === "bigint" ? Number.isSafeInteger(number) : Number.isFinite(number);
    if (!held) throw malformed(name, "numbers that JSON can hold", String(value));
    return datatype === "BOOL" ? number !== 0 : number;
  });
}
