import { join } from "node:path";
import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from "zarrita";
import { systemErrorCode } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import { RandomFile, wrongFile } from "./random-file.js";

/** How a chunk is read, and what was found. */
export interface ChunkRead extends GetOptions {
  /** Whether it is only asked if the chunk's file is there. Nothing is read then. */
  asks?: boolean;
  /** Set where the file that would hold the chunk is there: changes whenever that is written. */
  version?: string;
  /** Set where bytes of the chunk were read. A file of several chunks may lack some. */
  found?: boolean;
}

/** Most bytes that a compressed chunk may have above those of its values. */
const MOST_EXTRA_BYTES = 1_048_576;

/** The files of a Zarr folder on this machine. No file is read that is larger than a chunk may be. */
export class LocalZarrStore implements AsyncReadable {
  constructor(private readonly root: string) {}

  async get(key: AbsolutePath, read: ChunkRead = {}): Promise<Uint8Array | undefined> {
    return this.part(key, (size) => ({ offset: 0, length: size }), read, true);
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
      // The end of a file of several chunks says where they are.
      !("suffixLength" in range),
    );
  }

  private async part(
    key: AbsolutePath,
    rangeOf: (size: number) => { offset: number; length: number },
    read: ChunkRead,
    isChunk: boolean,
  ): Promise<Uint8Array | undefined> {
    const file = await this.open(key);
    if (!file) return undefined;
    try {
      read.version = `${file.size} ${file.modified}`;
      if (read.asks) return undefined;
      const { offset, length } = rangeOf(file.size);
      const most = LIMITS.maxChunkBytes + MOST_EXTRA_BYTES;
      if (length > most) throw wrongFile(file.path, `at most ${most} bytes at a time`, `${length}`);
      const bytes = await file.read(offset, length, "a chunk");
      read.found = isChunk;
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** Opens a file; undefined where there is none. */
  private async open(key: AbsolutePath): Promise<RandomFile | undefined> {
    try {
      return await RandomFile.open(join(this.root, key), "a file of Zarr");
    } catch (error) {
      const reason = systemErrorCode(error instanceof Error ? error.cause : undefined) ?? "";
      if (["ENOENT", "ENOTDIR"].includes(reason)) return undefined;
      throw error;
    }
  }
}
