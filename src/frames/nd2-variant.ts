import { inflateSync } from "node:zlib";

/** A value of the description in a chunk of an .nd2 file. */
export type Nd2Value = number | boolean | string | Nd2Level | Nd2Value[] | undefined;
export interface Nd2Level {
  [name: string]: Nd2Value;
}

/** Most levels inside each other, and most bytes of a description that is compressed. */
const MOST_DEPTH = 32;
const MOST_UNPACKED_BYTES = 67_108_864;

const TYPES = {
  bool: 1,
  int32: 2,
  uint32: 3,
  int64: 4,
  uint64: 5,
  double: 6,
  pointer: 7,
  string: 8,
  bytes: 9,
  level: 11,
  compressed: 76,
} as const;

/**
 * Reads the binary descriptions of .nd2 files, version 3: named values, some of them levels of more.
 * Each has a byte for its type, a byte for the length of its name, the name in UTF-16, and the value.
 * A level gives the number of its values and its bytes. Values without names make a list.
 * Blobs of bytes are left out. Reference: the package nd2, which reads the same.
 * @throws Error for bytes that are none; RangeError where they end too early
 */
export function readNd2Variant(bytes: Buffer): Nd2Level {
  return new VariantReader(bytes).level(1, 0);
}

class VariantReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Reads `count` values. */
  level(count: number, depth: number): Nd2Level {
    if (depth > MOST_DEPTH) throw new Error(`more than ${MOST_DEPTH} levels`);
    const level: Nd2Level = {};
    const list: Nd2Value[] = [];
    for (let i = 0; i < count && this.at < this.bytes.length; i++) {
      const start = this.at;
      const type = this.bytes.readUInt8(this.at);
      if (type === TYPES.compressed) return this.unpacked(start, depth);
      const nameBytes = 2 * this.bytes.readUInt8(this.at + 1);
      const name = this.text(this.at + 2, this.at + 2 + nameBytes).replace(/\0$/, "");
      this.at += 2 + nameBytes;
      const value = this.value(type, start, depth);
      if (name === "") list.push(value);
      else level[name] = value;
    }
    return list.length > 0 && Object.keys(level).length === 0 ? { list } : level;
  }

  /** A description inside zlib's format, after ten bytes about it. */
  private unpacked(start: number, depth: number): Nd2Level {
    const packed = this.bytes.subarray(start + 12);
    const unpacked = inflateSync(packed, { maxOutputLength: MOST_UNPACKED_BYTES });
    this.at = this.bytes.length;
    return new VariantReader(unpacked).level(1, depth + 1);
  }

  private value(type: number, start: number, depth: number): Nd2Value {
    switch (type) {
      case TYPES.bool:
        return this.take(1, (at) => this.bytes.readUInt8(at) !== 0);
      case TYPES.int32:
        return this.take(4, (at) => this.bytes.readInt32LE(at));
      case TYPES.uint32:
        return this.take(4, (at) => this.bytes.readUInt32LE(at));
      case TYPES.int64:
        return this.take(8, (at) => Number(this.bytes.readBigInt64LE(at)));
      case TYPES.uint64:
      case TYPES.pointer:
        return this.take(8, (at) => Number(this.bytes.readBigUInt64LE(at)));
      case TYPES.double:
        return this.take(8, (at) => this.bytes.readDoubleLE(at));
      case TYPES.string:
        return this.string();
      case TYPES.bytes: {
        const length = this.take(8, (at) => Number(this.bytes.readBigUInt64LE(at)));
        return this.take(length, () => undefined);
      }
      case TYPES.level: {
        const count = this.take(4, (at) => this.bytes.readUInt32LE(at));
        const length = this.take(8, (at) => Number(this.bytes.readBigUInt64LE(at)));
        if (start + length < this.at || start + length > this.bytes.length)
          throw new RangeError("a level's length");
        const inner = new VariantReader(this.bytes.subarray(this.at, start + length));
        const level = inner.level(count, depth + 1);
        // After a level lie the places of its values, eight bytes each.
        this.at = start + length;
        this.take(Math.min(8 * count, this.bytes.length - this.at), () => undefined);
        return Array.isArray(level.list) ? level.list : level;
      }
      default:
        throw new Error(`a value of type ${type}`);
    }
  }

  private take<T>(length: number, read: (at: number) => T): T {
    if (!(this.at + length <= this.bytes.length)) throw new RangeError("the end of the description");
    const value = read(this.at);
    this.at += length;
    return value;
  }

  /** A text that ends with a zero of 16 bits. */
  private string(): string {
    for (let end = this.at; end + 1 < this.bytes.length; end += 2) {
      if (this.bytes.readUInt16LE(end) !== 0) continue;
      const text = this.text(this.at, end);
      this.at = end + 2;
      return text;
    }
    throw new RangeError("a text without its end");
  }

  private text(start: number, end: number): string {
    if (end > this.bytes.length) throw new RangeError("the end of the description");
    return this.bytes.toString("utf16le", start, end);
  }
}
