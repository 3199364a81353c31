import { OPEN_INFERENCE_LIMITS } from "../base/limits.js";
import { unexpected } from "./malformed.js";

/** Bytes of an element, by the protocol's names. Its BYTES, for texts, is left out. */
const ELEMENT_BYTES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
} as const;

/** A type of numbers in tensors. */
export type Datatype = keyof typeof ELEMENT_BYTES;

/**
 * The datatype of a name.
 * @param subject the tensor, for the error
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function datatypeOf(name: unknown, subject: string): Datatype {
  if (typeof name === "string" && Object.hasOwn(ELEMENT_BYTES, name)) return name as Datatype;
  throw unexpected(`the datatype of ${subject}`, `one of ${Object.keys(ELEMENT_BYTES).join(", ")}`, name);
}

/**
 * The shape of a tensor: no more axes than allowed, each zero or more, no more elements than a
 * number holds exactly.
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function shapeOf(value: unknown, subject: string): number[] {
  const { maxAxes } = OPEN_INFERENCE_LIMITS;
  const expected = `a list of at most ${maxAxes} whole numbers, none negative`;
  const given = `the shape of ${subject}`;
  if (!Array.isArray(value) || value.length > maxAxes) throw unexpected(given, expected, value);
  const axes = value.map((axis: unknown) => {
    if (!Number.isSafeInteger(axis) || (axis as number) < 0) throw unexpected(given, expected, value);
    return axis as number;
  });
  // FP64 is the widest type: its bytes must be countable too.
  if (axes.reduce((product, axis) => product * Math.max(axis, 1), 8) > Number.MAX_SAFE_INTEGER) {
    throw unexpected(given, "a size that can be in memory", value);
  }
  return axes;
}

/** The elements of a shape; 1 for a scalar, whose shape is empty. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** The bytes of a tensor's elements. */
export function bytesOf(datatype: Datatype, shape: readonly number[]): number {
  return elementsOf(shape) * ELEMENT_BYTES[datatype];
}
