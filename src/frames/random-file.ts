import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { InputError } from "../base/errors.js";
import { contentOf, HEAD_BYTES } from "../base/file-content.js";
import { openFile } from "../base/regular-file.js";

/** What to do about a file that ends too early. */
export const CUT_OFF = "The file is cut off or damaged; copy or save it again.";

/** A file, opened for reads at any position. Every read is checked against the file's size. */
export class RandomFile {
  readonly size: number;
  /** When it was last written, ms. */
  readonly modified: number;

  protected constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    { size, mtimeMs }: Pick<Stats, "size" | "mtimeMs">,
  ) {
    this.size = size;
    this.modified = mtimeMs;
  }

  /**
   * @param expected what the file should be: "a tif file"
   * @throws InputError INPUT_NOT_FOUND
   */
  static async open(path: string, expected: string): Promise<RandomFile> {
    const handle = await openFile(path, expected);
    return new RandomFile(path, handle, await handle.stat());
  }

  /**
   * Opens a file, hands it to `work`, and closes it again where that fails.
   * @throws InputError INPUT_NOT_FOUND; what `work` throws
   */
  static async with<T>(path: string, expected: string, work: (file: RandomFile) => Promise<T>): Promise<T> {
    const file = await RandomFile.open(path, expected);
    try {
      return await work(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Reads exactly `length` bytes into memory of their own.
   * @param what the part of the file, for the error
   * @throws InputError INPUT_TRUNCATED
   */
  async read(offset: number, length: number, what: string): Promise<Buffer> {
    this.checkWithin(offset, length, what);
    const buffer = Buffer.alloc(length);
    await this.readInto(buffer, offset, length, what);
    return buffer;
  }

  /** Fills the first `length` bytes of `target` from `offset`. @throws InputError INPUT_TRUNCATED */
  async readInto(target: Uint8Array, offset: number, length: number, what: string): Promise<void> {
    this.checkWithin(offset, length, what);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(target, done, length - done, offset + done);
      if (bytesRead === 0) throw this.cutOff(what, offset + length);
      done += bytesRead;
    }
  }

  /** @throws InputError INPUT_TRUNCATED for a part that is no whole bytes within the file */
  checkWithin(offset: number, length: number, what: string): void {
    const isWhole = Number.isInteger(offset) && Number.isInteger(length);
    if (!(isWhole && offset >= 0 && length >= 0 && offset + length <= this.size))
      throw this.cutOff(what, offset + length);
  }

  /** Reads `length` bytes, or fewer at the end of the file. */
  readUpTo(offset: number, length: number, what: string): Promise<Buffer> {
    return this.read(offset, Math.max(0, Math.min(length, this.size - offset)), what);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** The error for a file that ends before byte `end`. @param what what should lie before it */
  cutOff(what: string, end: number): InputError {
    return new InputError("INPUT_TRUNCATED", {
      subject: this.path,
      expected: `${what} up to byte ${end}`,
      found: `the end of the file at ${this.size}`,
      advice: CUT_OFF,
    });
  }
}

/** The error for a file that is of another kind, told by its first bytes. */
export function anotherKind(path: string, expected: string, head: Uint8Array): InputError {
  const { is, advice } = contentOf(head.subarray(0, HEAD_BYTES));
  return wrongFile(path, expected, is, advice);
}

/**
 * The error for a file that is damaged, or of a kind that is not read.
 * @param advice what to do; the default is for damaged files
 */
export function wrongFile(
  path: string,
  expected: string,
  found: string,
  advice = "The file is damaged, or is of another kind; save it again.",
): InputError {
  return new InputError("INPUT_FORMAT", { subject: path, expected, found, advice });
}
