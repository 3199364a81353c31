import type { FileHandle } from "node:fs/promises";
import { InputError } from "../../base/errors.js";
import { contentOf, HEAD_BYTES } from "../../base/file-content.js";
import { openFile } from "../../base/regular-file.js";

const CLASSIC = 42;
const BIG = 43;
const CUT_OFF = "The file is cut off or damaged; copy or save it again.";

/**
 * A tif file, opened for reads at any position.
 * Its header is read, and every read is checked against its size.
 */
export class TiffFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    readonly size: number,
    readonly littleEndian: boolean,
    /** Whether it is a BigTIFF, with 64-bit offsets and counts. */
    readonly big: boolean,
    readonly firstDirectory: number,
  ) {}

  /** @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED */
  static async open(path: string): Promise<TiffFile> {
    const handle = await openFile(path, "a tif file");
    try {
      const status = await handle.stat();
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      const { littleEndian, big, firstDirectory } = parseHeader(path, head.subarray(0, bytesRead));
      return new TiffFile(path, handle, status.size, littleEndian, big, firstDirectory);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Reads exactly `length` bytes into new memory.
   * @param what the part of the file, for the error
   * @throws InputError INPUT_TRUNCATED
   */
  async read(offset: number, length: number, what: string): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(length, Math.max(0, this.size - offset)));
    await this.readInto(buffer, offset, length, what);
    return buffer;
  }

  /** Fills `target` from `offset`. @throws InputError INPUT_TRUNCATED */
  async readInto(target: Uint8Array, offset: number, length: number, what: string): Promise<void> {
    this.checkWithin(offset, length, what);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(target, done, length - done, offset + done);
      if (bytesRead === 0) throw this.truncated(what, offset + length);
      done += bytesRead;
    }
  }

  /** Reads up to `length` bytes, fewer at the end of the file. */
  async readUpTo(offset: number, length: number, what: string): Promise<Buffer> {
    if (offset >= this.size) throw this.truncated(what, offset);
    return this.read(offset, Math.min(length, this.size - offset), what);
  }

  /** @throws InputError INPUT_TRUNCATED for a part that ends behind the file's end */
  checkWithin(offset: number, length: number, what: string): void {
    if (offset < 0 || offset + length > this.size) throw this.truncated(what, offset + length);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private truncated(what: string, end: number): InputError {
    return new InputError("INPUT_TRUNCATED", {
      subject: this.path,
      expected: `${what} up to byte ${end}`,
      found: `the end of the file at ${this.size}`,
      advice: CUT_OFF,
    });
  }
}

function parseHeader(path: string, head: Buffer) {
  const order = head.toString("latin1", 0, 2);
  const littleEndian = order === "II";
  const readable = head.length >= 4 && (littleEndian || order === "MM");
  const version = readable ? uint16(head, 2, littleEndian) : 0;
  const headerBytes = version === BIG ? 16 : 8;
  if ((version === CLASSIC || version === BIG) && head.length < headerBytes) {
    throw new InputError("INPUT_TRUNCATED", {
      subject: path,
      expected: `a tif file's header of ${headerBytes} bytes`,
      found: `the end of the file at ${head.length}`,
      advice: CUT_OFF,
    });
  }
  if (version === CLASSIC) return { littleEndian, big: false, firstDirectory: uint32(head, 4, littleEndian) };
  if (version === BIG) return { littleEndian, big: true, firstDirectory: uint64(head, 8, littleEndian) };
  const { is: found, advice = "Save the frames as tif, in Fiji: File > Save As > Tiff..." } = contentOf(head);
  throw new InputError("INPUT_FORMAT", { subject: path, expected: "a tif file", found, advice });
}

export function uint16(bytes: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

export function uint32(bytes: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

/** A 64-bit integer as a number: exact up to 2^53, far above the size of any file. */
export function uint64(bytes: Buffer, at: number, littleEndian: boolean): number {
  return Number(littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
}
