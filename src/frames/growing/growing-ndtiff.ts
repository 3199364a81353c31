import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../../base/errors.js";
import { openFile } from "../../base/regular-file.js";
import { PIXEL_TYPES, type PixelArray, type PixelType } from "../frame.js";
import { type StackReader, stackReader } from "../stack-reader.js";
import type { GrowingSource, Growth } from "./growing-source.js";
import { checkSame } from "./growing-tif.js";

const INDEX = "NDTiff.index";
/** Where multi-resolution recordings keep their frames. */
const FULL_RESOLUTION = "Full resolution";

/** NDTiff's numbers of pixel types: 8 and 16 bits, and 10, 12, 14 and 11 of 16 bits. */
const TYPES: Readonly<Record<number, PixelType>> = {
  0: "uint8",
  1: "uint16",
  3: "uint16",
  4: "uint16",
  5: "uint16",
  6: "uint16",
};
const RGB = 2;
/** The numbers that end an entry: offset, width, height, type and compression, then metadata's. */
const NUMBERS = 8;
/** Longest text of an entry; more means a damaged index. */
const MAX_TEXT = 1_048_576;

/** One frame, as the index lists it. */
interface Entry {
  file: string;
  offset: number;
}

/** Whether a tif has the name that NDTiff gives to its own. */
export function isOfNdTiff(name: string): boolean {
  return /NDTiffStack(_\d+)?\.tif$/.test(name);
}

/** The folder that holds a recording's index, if it is one of NDTiff. */
export async function ndTiffFolder(path: string): Promise<string | undefined> {
  for (const folder of [path, join(path, FULL_RESOLUTION)]) {
    if ((await stat(join(folder, INDEX)).catch(() => undefined))?.isFile()) return folder;
  }
  return undefined;
}

/**
 * A folder of NDTiff, as Micro-Manager and ndstorage write it.
 * The index NDTiff.index gets an entry for each frame once its pixels are written, and says where
 * they are in the folder's tifs. Frames are counted in the order of the index.
 */
export class GrowingNdTiff implements GrowingSource {
  private readonly entries: Entry[] = [];
  /** Bytes of the index that are read. */
  private position = 0;
  private shape: { width: number; height: number; pixelType: PixelType } | undefined;
  private readonly files = new Map<string, { handle: FileHandle; littleEndian: boolean }>();

  constructor(readonly path: string) {}

  async look(): Promise<Growth> {
    const bytes = await this.readIndex();
    let at = 0;
    for (;;) {
      const entry = parseEntry(bytes, at);
      if (!entry || !(await this.isThere(entry))) break;
      this.take(entry);
      at = entry.end;
    }
    this.position += at;
    const stack = this.shape && this.stackOf(this.shape);
    const rest =
      at < bytes.length && bytes[at] !== 0 ? "a frame whose entry or pixels are not whole" : undefined;
    return { stack, mark: `${this.position} ${bytes.length}`, rest };
  }

  async close(): Promise<void> {
    for (const { handle } of this.files.values()) await handle.close();
  }

  /** The index from the first entry on that was not taken. */
  private async readIndex(): Promise<Buffer> {
    const handle = await openFile(join(this.path, INDEX), "the index of an NDTiff folder");
    try {
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.max(0, size - this.position));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.position);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  /** Whether the pixels of an entry are within their file. */
  private async isThere({ file, offset, bytes }: ParsedEntry): Promise<boolean> {
    const status = await stat(join(this.path, file)).catch(() => undefined);
    return status !== undefined && offset + bytes <= status.size;
  }

  private take({ file, offset, ...entry }: ParsedEntry): void {
    const subject = `${join(this.path, file)}, frame ${this.entries.length + 1}`;
    if (basename(file) !== file) {
      throw new InputError("INPUT_FORMAT", {
        subject: join(this.path, INDEX),
        expected: "names of files in its folder",
        found: JSON.stringify(file),
        advice: "The index is damaged.",
      });
    }
    const pixelType = TYPES[entry.type];
    if (pixelType === undefined || entry.compression !== 0) {
      throw new InputError("INPUT_PIXEL_TYPE", {
        subject,
        expected: "8- or 16-bit pixels without compression",
        found: entry.type === RGB ? "RGB" : `NDTiff's type ${entry.type}, compression ${entry.compression}`,
        advice: "Record grey frames.",
      });
    }
    const shape = { width: entry.width, height: entry.height, pixelType };
    this.shape ??= shape;
    checkSame(subject, shape, this.shape);
    this.entries.push({ file, offset });
  }

  private stackOf({ width, height, pixelType }: NonNullable<typeof this.shape>): StackReader {
    const info = { width, height, pixelType, frames: this.entries.length, calibration: {} };
    return stackReader(this.path, info, async (index) => {
      const { file, offset } = this.entries[index]!;
      const { handle, littleEndian } = await this.opened(file);
      const pixels: PixelArray = new PIXEL_TYPES[pixelType].array(width * height);
      const bytes = Buffer.from(pixels.buffer);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
      if (bytesRead < bytes.length) {
        throw new InputError("INPUT_TRUNCATED", {
          subject: `${join(this.path, file)}, frame ${index + 1}`,
          expected: `${bytes.length} bytes from byte ${offset} on`,
          found: `${bytesRead}`,
          advice: "The file was cut off after it had been written.",
        });
      }
      if (!littleEndian && pixelType === "uint16") bytes.swap16();
      return pixels;
    });
  }

  private async opened(file: string): Promise<{ handle: FileHandle; littleEndian: boolean }> {
    const known = this.files.get(file);
    if (known) return known;
    const handle = await openFile(join(this.path, file), "a tif of NDTiff");
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const made = { handle, littleEndian: buffer.toString("latin1") !== "MM" };
    this.files.set(file, made);
    return made;
  }
}

interface ParsedEntry extends Entry {
  width: number;
  height: number;
  type: number;
  compression: number;
  /** Of the pixels. */
  bytes: number;
  /** Where the next entry begins. */
  end: number;
}

/**
 * One entry of the index: length and text of the axes (JSON), length and text of the file's name,
 * then eight numbers of 32 bits, all little endian. Undefined where it is not whole.
 * Source: the index that ndstorage 0.1.18 writes.
 */
function parseEntry(bytes: Buffer, start: number): ParsedEntry | undefined {
  let at = start;
  const text = (): string | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt32LE(at);
    if (length === 0 || length > MAX_TEXT || at + 4 + length > bytes.length) return undefined;
    at += 4 + length;
    return bytes.toString("utf8", at - length, at);
  };
  const axes = text();
  const file = axes === undefined ? undefined : text();
  if (file === undefined || at + 4 * NUMBERS > bytes.length) return undefined;
  const [offset, width, height, type, compression] = Array.from({ length: NUMBERS }, (_, i) =>
    bytes.readUInt32LE(at + 4 * i),
  ) as [number, number, number, number, number];
  const size = width * height * PIXEL_TYPES[TYPES[type] ?? "uint8"].bytes;
  return { file, offset, width, height, type, compression, bytes: size, end: at + 4 * NUMBERS };
}
