import { renameSync } from "node:fs";
import { type FileHandle, mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DiskWatch } from "./disk-space.js";
import { InputError, notWritable } from "./errors.js";
import { removeLeftOvers, temporaryPath } from "./left-overs.js";
import { OutputPlace, type OutputRule } from "./output-place.js";
import { syncFolder } from "./sync-folder.js";

/**
 * A file that appears whole or not at all.
 * It is written beside its final place under a temporary name, flushed to disk, and renamed by
 * {@link commit}. If the process dies before that, the file that was there stays as it was, and the
 * next process that writes there removes the temporary file.
 */
export class AtomicFile {
  private done = false;
  private readonly disk: DiskWatch;

  private constructor(
    readonly path: string,
    /** Where the file is until {@link commit}, for a library that writes by name. */
    readonly temporaryPath: string,
    private readonly handle: FileHandle,
    private readonly place: OutputPlace | undefined,
  ) {
    this.disk = new DiskWatch(temporaryPath);
  }

  /**
   * Creates the temporary file, and the folder if it is missing.
   * @param mode permission bits of the file
   * @param replaces what may be replaced, or a place that was looked at before; left out for the
   * program's own files, which replace whatever is there
   * @throws InputError OUTPUT_WRITE when the folder cannot be written, or a folder stands in the
   * file's place; OUTPUT_EXISTS
   */
  static async create(path: string, mode = 0o666, replaces?: OutputRule | OutputPlace): Promise<AtomicFile> {
    const place =
      replaces && !(replaces instanceof OutputPlace) ? await OutputPlace.claim(path, replaces) : replaces;
    const target = place?.path ?? path;
    const temporary = temporaryPath(target, "partial");
    try {
      await mkdir(dirname(target), { recursive: true });
      // Better to fail now than after an hour of counting.
      if (await isFolder(target)) throw new Error("a folder of that name");
      await removeLeftOvers(target);
      return new AtomicFile(target, temporary, await open(temporary, "wx", mode), place);
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /** Appends bytes at the end of the file. @throws InputError OUTPUT_WRITE, OUTPUT_SPACE */
  async write(bytes: Uint8Array | string): Promise<void> {
    this.disk.grow(bytes.length);
    try {
      await this.handle.writeFile(bytes);
    } catch (error) {
      throw notWritable(this.path, error);
    }
  }

  /** Overwrites bytes at a position. @throws InputError OUTPUT_WRITE, OUTPUT_SPACE */
  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    this.disk.grow(bytes.length);
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw notWritable(this.path, error);
    }
  }

  /**
   * Makes sure that everything written so far has its place on the disk.
   * @throws InputError OUTPUT_WRITE
   */
  async flush(): Promise<void> {
    try {
      await this.handle.sync();
    } catch (error) {
      throw notWritable(this.path, error);
    }
  }

  /**
   * Flushes the file and puts it in its place, replacing what was there.
   * @param check throws to keep what is there; nothing else of this program runs between it and the
   * rename
   * @throws InputError OUTPUT_WRITE; OUTPUT_EXISTS where another program has written there meanwhile,
   * with the name under which the file was kept; what `check` throws
   */
  async commit(check?: () => void): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      check?.();
      if (this.place) this.place.fill(this.temporaryPath);
      else renameSync(this.temporaryPath, this.path);
      this.done = true;
      await syncFolder(dirname(this.path));
    } catch (error) {
      await this.abort();
      throw error instanceof InputError ? error : notWritable(this.path, error);
    }
  }

  /** Removes the temporary file; does nothing after a commit. */
  async abort(): Promise<void> {
    if (this.done) return;
    this.done = true;
    await this.handle.close().catch(() => undefined);
    await rm(this.temporaryPath, { force: true });
  }
}

/**
 * Writes a whole file atomically.
 * @param options as of {@link AtomicFile.create}
 * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS, OUTPUT_SPACE
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string,
  { mode, replaces }: { mode?: number; replaces?: OutputRule | OutputPlace } = {},
): Promise<void> {
  const file = await AtomicFile.create(path, mode, replaces);
  try {
    await file.write(content);
  } catch (error) {
    await file.abort();
    throw error;
  }
  await file.commit();
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ?? false;
}
