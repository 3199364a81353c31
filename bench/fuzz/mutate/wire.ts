import type { Random } from "../../../src/base/random.js";
import { edge, type Mutation, mutateBytes, pick } from "./bytes.js";

/** A field of protocol buffers: a number, bytes, or the fields of a message inside. */
interface Field {
  number: number;
  type: number;
  value: bigint | Buffer | Field[];
}

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5] as const;
/** Messages are taken apart to this depth. */
const DEPTH = 12;
/** Messages with more fields than this are not changed further. */
const MAX_FIELDS = 2_000;
const LARGEST_NUMBER = 536_870_911;

/**
 * Changes fields of a message of protocol buffers, at any depth, and puts it together again with
 * right lengths.
 */
export const mutateWire: Mutation = (bytes, random, other) => {
  const fields = parse(bytes, 0);
  if (fields === undefined || fields.length === 0) return mutateBytes(bytes, random, other);
  for (let steps = 1 + random.below(pick(random, [1, 3, 8])); steps > 0; steps--)
    change(fields, random, other);
  return encode(fields);
};

function change(fields: Field[], random: Random, other: Buffer): void {
  const all = listsIn(fields);
  // Copies of copies of copies would take for ever.
  if (all.reduce((count, { length }) => count + length, 0) > MAX_FIELDS) return;
  const list = pick(random, all);
  const at = random.below(Math.max(1, list.length));
  const field = list[at];
  if (!field) {
    list.push({ number: 1 + random.below(20), type: VARINT, value: BigInt(edge(random)) });
    return;
  }
  switch (random.below(10)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(random.below(list.length + 1), 0, field);
      break;
    case 2:
      list.splice(at, 0, ...Array<Field>(pick(random, [2, 10, 300])).fill(field));
      break;
    case 3:
      field.number = random.below(8) === 0 ? LARGEST_NUMBER : 1 + random.below(30);
      break;
    case 4: {
      // Another field's content under this one's number.
      const from = pick(random, pick(random, all).concat(field));
      Object.assign(field, { type: from.type, value: copyOf(from.value) });
      break;
    }
    case 5:
      list.push({ number: 1 + random.below(30), type: BYTES, value: Buffer.from(other.subarray(0, 200)) });
      break;
    default:
      changeValue(field, random, other);
  }
}

function changeValue(field: Field, random: Random, other: Buffer): void {
  const { value } = field;
  if (typeof value === "bigint") {
    field.value = random.below(6) === 0 ? 2n ** 64n - 1n - BigInt(random.below(3)) : BigInt(edge(random));
    if (random.below(12) === 0) field.type = pick(random, [VARINT, FIXED64, FIXED32]);
  } else if (Buffer.isBuffer(value)) {
    if (value.length === 8 && random.below(2) === 0) field.value = number64(random);
    else field.value = random.below(8) === 0 ? Buffer.alloc(0) : mutateBytes(value, random, other);
  } else if (random.below(8) === 0) {
    // A message in itself, again and again.
    for (let depth = random.below(60); depth > 0; depth--) field.value = [{ ...field }];
  } else if (random.below(4) === 0) {
    field.value = mutateBytes(encode(value), random, other);
  }
}

function number64(random: Random): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(pick(random, [0, -0, NaN, Infinity, -Infinity, 1e308, 5e-324, -1, 0.5, edge(random)]));
  return bytes;
}

/** A copy that shares nothing: a field is never inside itself. */
function copyOf(value: Field["value"]): Field["value"] {
  return Array.isArray(value) ? value.map((field) => ({ ...field, value: copyOf(field.value) })) : value;
}

/** All lists of fields, of the message and of those inside. */
function listsIn(fields: Field[]): Field[][] {
  const inside = fields.flatMap(({ value }) => (Array.isArray(value) ? listsIn(value as Field[]) : []));
  return [fields, ...inside];
}

/** The fields of a message; undefined for bytes that are none. */
function parse(bytes: Buffer, depth: number): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const key = varint();
    if (key === undefined || key >> 3n === 0n || key >> 3n > LARGEST_NUMBER) return undefined;
    const [number, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === VARINT) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ number, type, value });
      continue;
    }
    const length =
      type === BYTES ? Number(varint() ?? -1n) : type === FIXED64 ? 8 : type === FIXED32 ? 4 : -1;
    if (length < 0 || at + length > bytes.length) return undefined;
    const content = bytes.subarray(at, at + length);
    at += length;
    const inside = type === BYTES && length > 0 && depth < DEPTH ? parse(content, depth + 1) : undefined;
    fields.push({ number, type, value: inside ?? content });
  }
  return fields;
}

function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(({ number, type, value }) => {
      const head = varintOf(BigInt(number) * 8n + BigInt(type));
      if (typeof value === "bigint") return Buffer.concat([head, numberOf(type, value)]);
      const content = Buffer.isBuffer(value) ? value : encode(value);
      return type === BYTES
        ? Buffer.concat([head, varintOf(BigInt(content.length)), content])
        : Buffer.concat([head, content]);
    }),
  );
}

function numberOf(type: number, value: bigint): Buffer {
  if (type === VARINT) return varintOf(value);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return type === FIXED64 ? bytes : bytes.subarray(0, 4);
}

function varintOf(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.of(Number(value));
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
