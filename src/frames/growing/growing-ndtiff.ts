import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../../base/errors.js";
import { openFile } from "../../base/regular-file.js";
import { PIXEL_TYPES, type PixelArray, type PixelType } from "../frame.js";
import { NDTIFF_INDEX, NDTIFF_TYPES, type NdTiffEntry, parseNdTiffEntry } from "../ndtiff-index.js";
import { type StackReader, stackReader } from "../stack-reader.js";
import type { GrowingSource, Growth } from "./growing-source.js";
import { checkSame } from "./growing-tif.js";

/** Where multi-resolution recordings keep their frames. */
const FULL_RESOLUTION = "Full resolution";

/** NDTiff's number of a pixel type that cannot be counted. */
const RGB = 2;

/** Where a frame is. */
type Entry = Pick<NdTiffEntry, "file" | "offset">;

/** Whether a tif has the name that NDTiff gives to its own. */
export function isOfNdTiff(name: string): boolean {
  return /NDTiffStack(_\d+)?\.tif$/.test(name);
}

/** The folder that holds a recording's index, if it is one of NDTiff. */
export async function ndTiffFolder(path: string): Promise<string | undefined> {
  for (const folder of [path, join(path, FULL_RESOLUTION)]) {
    if ((await stat(join(folder, NDTIFF_INDEX)).catch(() => undefined))?.isFile()) return folder;
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
      const entry = parseNdTiffEntry(bytes, at);
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
    const handle = await openFile(join(this.path, NDTIFF_INDEX), "the index of an NDTiff folder");
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
  private async isThere({ file, offset, bytes }: NdTiffEntry): Promise<boolean> {
    const status = await stat(join(this.path, file)).catch(() => undefined);
    return status !== undefined && offset + bytes <= status.size;
  }

  private take({ file, offset, ...entry }: NdTiffEntry): void {
    const subject = `${join(this.path, file)}, frame ${this.entries.length + 1}`;
    if (basename(file) !== file) {
      throw new InputError("INPUT_FORMAT", {
        subject: join(this.path, NDTIFF_INDEX),
        expected: "names of files in its folder",
        found: JSON.stringify(file),
        advice: "The index is damaged.",
      });
    }
    const pixelType = NDTIFF_TYPES[entry.type];
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
