import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { InputError } from "../../base/errors.js";
import { contentOf, HEAD_BYTES } from "../../base/file-content.js";
import { openFile } from "../../base/regular-file.js";
import { CUT_OFF, RandomFile } from "../random-file.js";

const CLASSIC = 42;
const BIG = 43;

/**
 * A tif file with its header read.
 */
export class TiffFile extends RandomFile {
  private constructor(
    path: string,
    handle: FileHandle,
    status: Pick<Stats, "size" | "mtimeMs">,
    readonly littleEndian: boolean,
    /** Whether it is a BigTIFF, with 64-bit offsets and counts. */
    readonly big: boolean,
    readonly firstDirectory: number,
  ) {
    super(path, handle, status);
  }

  /** @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED */
  static override async open(path: string): Promise<TiffFile> {
    const handle = await openFile(path, "a tif file");
    try {
      const status = await handle.stat();
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      const { littleEndian, big, firstDirectory } = parseHeader(path, head.subarray(0, bytesRead));
      return new TiffFile(path, handle, status, littleEndian, big, firstDirectory);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  override async readUpTo(offset: number, length: number, what: string): Promise<Buffer> {
    if (offset >= this.size) throw this.cutOff(what, offset);
    return super.readUpTo(offset, length, what);
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
