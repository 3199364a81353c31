import { join } from "node:path";
import { AtomicFile } from "./atomic-file.js";
import type { FileKind } from "./output-place.js";

/** A file of a folder, and what may stand in its place. */
export interface NamedFile {
  name: string;
  kind: FileKind;
}

/**
 * Files of one folder that are written together, each of which appears whole or not at all.
 * They are started before there is anything to write, so that a place that cannot be written is
 * known early.
 */
export class AtomicFiles<Key extends string> {
  private constructor(private readonly files: ReadonlyMap<Key, AtomicFile>) {}

  /**
   * @param named in the order in which they take their places
   * @param force whether files of the same kinds may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create<Key extends string>(
    folder: string,
    named: Readonly<Record<Key, NamedFile>>,
    force: boolean,
  ): Promise<AtomicFiles<Key>> {
    const files = new Map<Key, AtomicFile>();
    const all = new AtomicFiles(files);
    try {
      for (const [key, { name, kind }] of Object.entries(named) as [Key, NamedFile][]) {
        files.set(key, await AtomicFile.create(join(folder, name), undefined, { kind, force }));
      }
    } catch (error) {
      await all.abort();
      throw error;
    }
    return all;
  }

  /**
   * Writes the files and puts them in place.
   * @param texts makes each file's text, when it is its turn
   * @throws InputError OUTPUT_WRITE; what a text throws
   */
  async finish(texts: Readonly<Record<Key, () => string>>): Promise<void> {
    try {
      for (const [key, file] of this.files) await file.write(texts[key]());
      // A full disk is noticed before any file is put in its place.
      for (const file of this.files.values()) await file.flush();
      for (const file of this.files.values()) await file.commit();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Removes the unfinished files. */
  async abort(): Promise<void> {
    for (const file of this.files.values()) await file.abort();
  }
}
