import { InputError } from "../base/errors.js";
import { type TiffFile, uint16, uint32, uint64 } from "./tiff-file.js";

/** Tags that are read, by the numbers of TIFF 6.0, its supplements and, from 32768 on, of firms. */
export const TAGS = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
  jpegTables: 347,
  imageDepth: 32997,
  tileDepth: 32998,
  /** MetaMorph's list of planes. */
  uic2: 33629,
  lercParameters: 50674,
} as const;

/** A value of a tag: its bytes, and how it is read. */
interface ValueType {
  bytes: number;
  read(from: Buffer, at: number, littleEndian: boolean): number;
}

const BYTE: ValueType = { bytes: 1, read: (from, at) => from.readUInt8(at) };
const LONG: ValueType = { bytes: 4, read: uint32 };
const LONG8: ValueType = { bytes: 8, read: uint64 };
const SLONG: ValueType = {
  bytes: 4,
  read: (from, at, little) => (little ? from.readInt32LE(at) : from.readInt32BE(at)),
};

/** Values by TIFF's type numbers. */
const TYPES: Record<number, ValueType> = {
  1: BYTE,
  2: BYTE,
  3: { bytes: 2, read: uint16 },
  4: LONG,
  5: { bytes: 8, read: (from, at, little) => uint32(from, at, little) / uint32(from, at + 4, little) },
  6: { bytes: 1, read: (from, at) => from.readInt8(at) },
  7: BYTE,
  8: { bytes: 2, read: (from, at, little) => (little ? from.readInt16LE(at) : from.readInt16BE(at)) },
  9: SLONG,
  10: {
    bytes: 8,
    read: (from, at, little) => SLONG.read(from, at, little) / SLONG.read(from, at + 4, little),
  },
  11: { bytes: 4, read: (from, at, little) => (little ? from.readFloatLE(at) : from.readFloatBE(at)) },
  12: { bytes: 8, read: (from, at, little) => (little ? from.readDoubleLE(at) : from.readDoubleBE(at)) },
  13: LONG,
  16: LONG8,
  17: {
    bytes: 8,
    read: (from, at, little) => Number(little ? from.readBigInt64LE(at) : from.readBigInt64BE(at)),
  },
  18: LONG8,
};

/** Where the values of a tag are. */
interface Field {
  type: number;
  count: number;
  /** Offset in the file, or in the directory's own bytes. */
  offset: number;
  inline: boolean;
}

/** Most entries of a directory; more mean a damaged count. */
const MAX_ENTRIES = 4096;
/** Most values of a tag that is read here: one-row strips or small tiles of the largest frame. */
const MAX_VALUES = 4_194_304;
/** Longest text that is read, bytes. OME's descriptions have some 200 for each plane. */
const MAX_TEXT = 268_435_456;
/** Bytes that are read at once for a directory. Most have 10 to 20 entries of 12 or 20 bytes. */
const DIRECTORY_BYTES = 512;

/** One page's directory (IFD). */
export class TiffDirectory {
  private constructor(
    private readonly file: TiffFile,
    /** Offset of the directory in the file. */
    readonly offset: number,
    /** Offset of the next directory; 0 after the last. */
    readonly next: number,
    private readonly bytes: Buffer,
    private readonly fields: Map<number, Field>,
  ) {}

  /** @throws InputError INPUT_TRUNCATED, INPUT_FORMAT */
  static async read(file: TiffFile, offset: number, page: number): Promise<TiffDirectory> {
    const what = `the directory of page ${page}`;
    const { big, littleEndian } = file;
    const [countBytes, entryBytes, pointerBytes] = big ? [8, 20, 8] : [2, 12, 4];
    let bytes = await file.readUpTo(offset, DIRECTORY_BYTES, what);
    if (bytes.length < countBytes) bytes = await file.read(offset, countBytes, what);
    const count = big ? uint64(bytes, 0, littleEndian) : uint16(bytes, 0, littleEndian);
    if (count === 0 || count > MAX_ENTRIES) throw damaged(file, what, "1 to 4096 entries", `${count}`);
    const length = countBytes + count * entryBytes + pointerBytes;
    if (bytes.length < length) bytes = await file.read(offset, length, what);
    const fields = new Map<number, Field>();
    for (let i = 0; i < count; i++) {
      const at = countBytes + i * entryBytes;
      const type = uint16(bytes, at + 2, littleEndian);
      const values = big ? uint64(bytes, at + 4, littleEndian) : uint32(bytes, at + 4, littleEndian);
      const inline = (TYPES[type]?.bytes ?? 0) * values <= pointerBytes;
      const pointerAt = at + (big ? 12 : 8);
      const pointer = big ? uint64(bytes, pointerAt, littleEndian) : uint32(bytes, pointerAt, littleEndian);
      const where = inline ? pointerAt : pointer;
      fields.set(uint16(bytes, at, littleEndian), { type, count: values, inline, offset: where });
    }
    const nextAt = countBytes + count * entryBytes;
    const next = big ? uint64(bytes, nextAt, littleEndian) : uint32(bytes, nextAt, littleEndian);
    return new TiffDirectory(file, offset, next, bytes, fields);
  }

  has(tag: number): boolean {
    return this.fields.has(tag);
  }

  /** The first value of a tag, or `otherwise`. @throws InputError INPUT_TRUNCATED, INPUT_FORMAT */
  async number(tag: number, otherwise: number): Promise<number> {
    const field = this.fields.get(tag);
    if (!field) return otherwise;
    return (await this.values(tag, { ...field, count: Math.min(1, field.count) }))[0] ?? otherwise;
  }

  /**
   * All values of a tag; none where it is absent. @throws InputError INPUT_TRUNCATED, INPUT_FORMAT
   */
  async numbers(tag: number): Promise<number[]> {
    const field = this.fields.get(tag);
    return field ? this.values(tag, field) : [];
  }

  /** Number of values of a tag; 0 where it is absent. */
  count(tag: number): number {
    return this.fields.get(tag)?.count ?? 0;
  }

  /** The text of a tag, up to its first zero. */
  async text(tag: number): Promise<string> {
    const field = this.fields.get(tag);
    if (!field || field.count > MAX_TEXT) return "";
    const bytes = await this.bytesOf(field, field.count, `tag ${tag}`);
    return decodeText(bytes).split("\0", 1)[0] ?? "";
  }

  /** Whether the values of tags beyond those of the directory itself lie in a part of the file. */
  hasPartsWithin(start: number, end: number): boolean {
    const inside = (offset: number) => offset >= start && offset < end;
    return (
      inside(this.offset) || [...this.fields.values()].some((field) => !field.inline && inside(field.offset))
    );
  }

  private async bytesOf({ inline, offset }: Field, length: number, what: string): Promise<Buffer> {
    return inline ? this.bytes.subarray(offset, offset + length) : this.file.read(offset, length, what);
  }

  private async values(tag: number, field: Field): Promise<number[]> {
    const { type, count } = field;
    const kind = TYPES[type];
    if (kind === undefined || count > MAX_VALUES) {
      throw damaged(this.file, `tag ${tag}`, "numbers", `${count} values of type ${type}`);
    }
    const { littleEndian } = this.file;
    const bytes = await this.bytesOf(field, kind.bytes * count, `the values of tag ${tag}`);
    return Array.from({ length: count }, (_, i) => kind.read(bytes, i * kind.bytes, littleEndian));
  }
}

/** The error for a part of the file that makes no sense. */
export function damaged(file: TiffFile, what: string, expected: string, found: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: `${file.path}, ${what}`,
    expected,
    found,
    advice: "The file is damaged; copy or save it again.",
  });
}

/** Decodes UTF-8 or, where the bytes are not UTF-8, one byte a character, as ImageJ writes it. */
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}
