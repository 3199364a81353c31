import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from "zarrita";
import { systemErrorCode } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";

/** What a read of a chunk found. */
export interface ChunkRead extends GetOptions {
  /** Set where the file that would hold the chunk is not there. */
  missing?: boolean;
}

/** Most bytes that a compressed chunk may have above those of its values. */
const MOST_EXTRA_BYTES = 1_048_576;

/** The files of a Zarr folder on this machine. No file is read that is larger than a chunk may be. */
export class LocalZarrStore implements AsyncReadable {
  constructor(private readonly root: string) {}

  async get(key: AbsolutePath, read: ChunkRead = {}): Promise<Uint8Array | undefined> {
    return this.part(key, (size) => ({ offset: 0, length: size }), read);
  }

  async getRange(
    key: AbsolutePath,
    range: RangeQuery,
    read: ChunkRead = {},
  ): Promise<Uint8Array | undefined> {
    return this.part(
      key,
      (size) =>
        "suffixLength" in range ? { offset: size - range.suffixLength, length: range.suffixLength } : range,
      read,
    );
  }

  private async part(
    key: AbsolutePath,
    rangeOf: (size: number) => { offset: number; length: number },
    read: ChunkRead,
  ): Promise<Uint8Array | undefined> {
    const path = join(this.root, key);
    try {
      // Opening a named pipe would wait for whoever writes into it.
      if (!(await stat(path)).isFile()) throw new Error(`${path} is no file`);
    } catch (error) {
      if (!["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) throw error;
      read.missing = true;
      return undefined;
    }
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const { offset, length } = rangeOf(size);
      const most = LIMITS.maxChunkBytes + MOST_EXTRA_BYTES;
      if (length > most) throw new Error(`${key} has ${length} bytes, more than ${most}`);
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new Error(`${key} ends at byte ${size}, before ${offset + length}`);
      }
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) throw new Error(`${key} ends at byte ${offset + done}`);
        done += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  }
}
