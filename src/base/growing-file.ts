import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { AtomicFile } from "./atomic-file.js";
import { InputError, notWritable } from "./errors.js";
import type { OutputRule } from "./output-place.js";

/** A file that the user may read while it grows. It appears with its head, then row by row. */
export class GrowingFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS */
  static async create(path: string, head: string, replaces: OutputRule): Promise<GrowingFile> {
    const file = await AtomicFile.create(path, undefined, replaces);
    try {
      await file.write(head);
    } catch (error) {
      await file.abort();
      throw error;
    }
    await file.commit();
    const handle = await open(file.path, "a").catch((cause: unknown) => {
      throw notWritable(path, cause);
    });
    return new GrowingFile(file.path, handle);
  }

  /** Appends whole rows. @throws InputError OUTPUT_WRITE */
  async append(rows: string): Promise<void> {
    try {
      await this.handle.appendFile(rows);
    } catch (cause) {
      throw notWritable(this.path, cause);
    }
  }

  /**
   * Ends the file.
   * @throws InputError OUTPUT_WRITE, also where another program has put its own file in the place
   */
  async finish(): Promise<void> {
    try {
      await this.handle.sync();
    } catch (cause) {
      throw notWritable(this.path, cause);
    } finally {
      await this.handle.close();
    }
  }

  /** Ends the file and removes it, if it is still the one in its place. */
  async remove(): Promise<void> {
    const [own, there] = [await this.handle.stat(), await stat(this.path).catch(() => undefined)];
    await this.handle.close();
    if (own.ino === there?.ino) await rm(this.path, { force: true });
  }

  /** @throws InputError OUTPUT_WRITE where another program has put its own file in the place */
  async checkPlace(): Promise<void> {
    const [own, there] = [await this.handle.stat(), await stat(this.path).catch(() => undefined)];
    if (own.ino === there?.ino) return;
    throw new InputError("OUTPUT_WRITE", {
      subject: this.path,
      expected: "the table that grows here",
      found: there ? "a file of another program" : "none any more",
      advice: "Leave the table in its place while it grows; count the recording again.",
    });
  }
}
