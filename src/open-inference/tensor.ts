import { bytesOf, type Datatype } from "./datatypes.js";
import { unexpected } from "./malformed.js";

/** Parameters of a message or a tensor, as the protocol has them. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** An array of numbers with a name. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** The elements row by row, the last axis fastest, little-endian. It may be a view. */
  readonly data: Uint8Array;
  readonly parameters?: Parameters;
}

/** Typed arrays by datatype. JavaScript has none for the two floating-point types of 16 bits. */
const ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const satisfies Record<Datatype, unknown>;

/** The elements of a datatype; those of FP16 and BF16 are their bits. */
export type Values<D extends Datatype> = {
  BOOL: Uint8Array;
  UINT8: Uint8Array;
  UINT16: Uint16Array;
  UINT32: Uint32Array;
  UINT64: BigUint64Array;
  INT8: Int8Array;
  INT16: Int16Array;
  INT32: Int32Array;
  INT64: BigInt64Array;
  FP16: Uint16Array;
  BF16: Uint16Array;
  FP32: Float32Array;
  FP64: Float64Array;
}[D];

/** A tensor of a typed array's elements, without a copy. */
export function tensorOf<D extends Datatype>(
  name: string,
  datatype: D,
  shape: readonly number[],
  values: Values<D>,
): Tensor {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  checkLength(data, datatype, shape, name);
  return { name, datatype, shape, data };
}

/**
 * The elements of a tensor.
 * They are a view where the tensor's bytes lie at a multiple of the element's size, else a copy.
 * Every machine that Node.js runs on here is little-endian.
 */
export function valuesOf<D extends Datatype>({ data, shape }: Tensor, datatype: D): Values<D> {
  const length = data.byteLength / ARRAYS[datatype].BYTES_PER_ELEMENT;
  checkLength(data, datatype, shape, "the elements");
  const aligned = data.byteOffset % ARRAYS[datatype].BYTES_PER_ELEMENT === 0 ? data : data.slice();
  return new ARRAYS[datatype](aligned.buffer as ArrayBuffer, aligned.byteOffset, length) as Values<D>;
}

/** @throws ProtocolError PROTOCOL_MESSAGE where a tensor has not the bytes of its shape */
export function checkLength(
  data: Uint8Array,
  datatype: Datatype,
  shape: readonly number[],
  subject: string,
): void {
  const expected = bytesOf(datatype, shape);
  if (data.byteLength === expected) return;
  throw unexpected(
    subject,
    `${expected} bytes for ${datatype} of shape [${shape.join(", ")}]`,
    data.byteLength,
  );
}

/** The typed array of a datatype, with room for so many elements. */
export function emptyValues(datatype: Datatype, length: number): Values<Datatype> {
  return new ARRAYS[datatype](length);
}
