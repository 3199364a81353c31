import { InputError } from "../base/errors.js";
import { type TiffFile, uint16, uint32, uint64 } from "./tiff-file.js";

/** Tags that are read, by TIFF 6.0's numbers. */
export const TAGS = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

/** Bytes of a value by TIFF's type numbers, for the types of the tags that are read. */
const TYPE_BYTES: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 13: 4, 16: 8, 18: 8 };

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
      const inline = (TYPE_BYTES[type] ?? 0) * values <= pointerBytes;
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

  /** The text of a tag, up to its first zero. */
  async text(tag: number): Promise<string> {
    const field = this.fields.get(tag);
    if (!field || field.count > MAX_VALUES) return "";
    const bytes = await this.bytesOf(field, field.count, `tag ${tag}`);
    return decodeText(bytes).split("\0", 1)[0] ?? "";
  }

  private async bytesOf({ inline, offset }: Field, length: number, what: string): Promise<Buffer> {
    return inline ? this.bytes.subarray(offset, offset + length) : this.file.read(offset, length, what);
  }

  private async values(tag: number, field: Field): Promise<number[]> {
    const { type, count } = field;
    const size = TYPE_BYTES[type];
    if (size === undefined || count > MAX_VALUES) {
      throw damaged(this.file, `tag ${tag}`, "whole numbers", `${count} values of type ${type}`);
    }
    const { littleEndian } = this.file;
    const bytes = await this.bytesOf(field, size * count, `the values of tag ${tag}`);
    return Array.from({ length: count }, (_, i) => {
      const at = i * size;
      if (type === 5) return uint32(bytes, at, littleEndian) / uint32(bytes, at + 4, littleEndian);
      if (size === 1) return bytes[at]!;
      if (size === 2) return uint16(bytes, at, littleEndian);
      return size === 4 ? uint32(bytes, at, littleEndian) : uint64(bytes, at, littleEndian);
    });
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
