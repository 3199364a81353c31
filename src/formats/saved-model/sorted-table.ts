import { maskedCrc32c } from "./crc32c.js";

/** Size of the end of a table: two places of blocks, padding, and the magic number. */
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Size of what follows a block: the kind of its compression, and a checksum. */
const TRAILER_BYTES = 5;
const PLAIN = 0;

/** Bytes with a reading position. */
class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  /**
   * Reads a whole number in groups of seven bits, least first.
   * @throws RangeError beyond the end, or above 2^53
   */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || factor > 2 ** 49) throw new RangeError("a number that does not end");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** @throws RangeError beyond the end */
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new RangeError(`${length} bytes beyond the end`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/**
 * The entries of a sorted table, LevelDB's file format (doc/table_format.md of google/leveldb).
 * TensorFlow keeps the indices of its checkpoints in such tables. Every block's checksum is
 * checked.
 * @throws RangeError that says what is wrong
 */
export function readSortedTable(file: Uint8Array): Map<string, Uint8Array> {
  if (file.length < FOOTER_BYTES) throw new RangeError(`${file.length} bytes, too few for a table`);
  const footer = file.subarray(file.length - FOOTER_BYTES);
  const magic = new DataView(footer.buffer, footer.byteOffset).getBigUint64(FOOTER_BYTES - 8, true);
  if (magic !== MAGIC) throw new RangeError(`the number ${magic.toString(16)} at its end`);
  const places = new Cursor(footer);
  // The first place is that of a block of filters, which TensorFlow leaves empty.
  block(file, places);
  const entries = new Map<string, Uint8Array>();
  for (const [, place] of entriesOf(block(file, places))) {
    for (const [key, value] of entriesOf(block(file, new Cursor(place)))) entries.set(key, value);
  }
  return entries;
}

/** Reads the block at the cursor's place. */
function block(file: Uint8Array, place: Cursor): Uint8Array {
  const [offset, size] = [place.varint(), place.varint()];
  const cursor = new Cursor(file, offset);
  const content = cursor.take(size + TRAILER_BYTES);
  const covered = content.subarray(0, size + 1);
  const stored = new DataView(content.buffer, content.byteOffset).getUint32(size + 1, true);
  if (stored !== maskedCrc32c(covered)) throw new RangeError(`a block at ${offset} whose checksum is wrong`);
  if (content[size] !== PLAIN) throw new RangeError(`a block at ${offset} that is compressed`);
  return content.subarray(0, size);
}

/**
 * A block's entries. Each key shares its first bytes with the key before.
 * The block ends with a list of places and the list's length.
 */
function* entriesOf(content: Uint8Array): Generator<[key: string, value: Uint8Array]> {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const restarts = view.getUint32(content.length - 4, true);
  const cursor = new Cursor(content.subarray(0, content.length - 4 * (restarts + 1)));
  let key = Buffer.alloc(0);
  while (cursor.at < cursor.bytes.length) {
    const [shared, rest, length] = [cursor.varint(), cursor.varint(), cursor.varint()];
    key = Buffer.concat([key.subarray(0, shared), cursor.take(rest)]);
    yield [key.toString("utf8"), cursor.take(length)];
  }
}
