import { lstatSync, renameSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DefconError, InputError, notWritable, systemErrorCode } from "./errors.js";
import { ownEntries, pathsBelow } from "./folder-paths.js";
import { removeLeftOvers, temporaryPath } from "./left-overs.js";
import { syncFolder } from "./sync-folder.js";

/** What a result's folder may replace, besides an empty folder. */
export interface FolderRule {
  /** What the result is, with its article: "a simulation". */
  title: string;
  /** Whether a folder is of this kind and holds nothing else, by the {@link pathsBelow} it. */
  isOne(paths: readonly string[], folder: string): boolean;
  /** Whether a folder of the same kind may be replaced; false where left out. */
  force?: boolean | undefined;
  /** The option that says so; --force where left out. */
  option?: string | undefined;
}

/**
 * Writes a folder that appears whole or not at all, from files in memory.
 * @param files by path below the folder, parts joined by "/"
 * @throws InputError OUTPUT_WRITE
 */
export async function writeFolderAtomically(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  replaces: FolderRule,
): Promise<void> {
  await fillFolderAtomically(path, replaces, (folder) => writeFiles(folder, files));
}

/**
 * Writes a folder that appears whole or not at all.
 * @param fill writes into the folder of the given path, and flushes what it writes; if it throws,
 * everything stays as it was
 * @throws as {@link AtomicFolder}; DefconError that `fill` throws
 */
export async function fillFolderAtomically(
  path: string,
  replaces: FolderRule,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await AtomicFolder.create(path, replaces);
  try {
    await fill(folder.temporaryPath);
  } catch (cause) {
    await folder.abort();
    throw cause instanceof DefconError ? cause : notWritable(path, cause);
  }
  await folder.commit();
}

/**
 * A folder that appears whole or not at all.
 * It is filled beside its place, then renamed by {@link commit}. An existing folder is set aside
 * first, and removed with all it holds once the new one is in place.
 */
export class AtomicFolder {
  private done = false;

  private constructor(
    readonly path: string,
    /** Where the folder is until {@link commit}. What is written there is flushed by its writer. */
    readonly temporaryPath: string,
    private readonly replaces: FolderRule,
  ) {}

  /**
   * Looks at a place before there is anything to write.
   * @throws InputError OUTPUT_EXISTS for a folder that may not be replaced; OUTPUT_WRITE
   */
  static async claim(path: string, replaces: FolderRule): Promise<void> {
    try {
      checkReplaceable(path, await contentOf(path), replaces);
    } catch (cause) {
      throw cause instanceof DefconError ? cause : notWritable(path, cause);
    }
  }

  /** Makes the temporary folder. @throws as {@link claim} */
  static async create(path: string, replaces: FolderRule): Promise<AtomicFolder> {
    const fresh = temporaryPath(path, "partial");
    try {
      await removeLeftOvers(path);
      await AtomicFolder.claim(path, replaces);
      await mkdir(fresh, { recursive: true });
    } catch (cause) {
      throw cause instanceof DefconError ? cause : notWritable(path, cause);
    }
    return new AtomicFolder(path, fresh, replaces);
  }

  /**
   * Puts the folder in its place.
   * @throws InputError OUTPUT_WRITE; OUTPUT_EXISTS where another program has filled the place
   * meanwhile, with the name under which the folder was kept
   */
  async commit(): Promise<void> {
    const { path, temporaryPath: fresh } = this;
    const old = temporaryPath(path, "replaced");
    try {
      const before = await contentAtTheEnd(path, fresh, this.replaces);
      if (before) renameSync(path, old);
      try {
        renameSync(fresh, path);
      } catch (cause) {
        if (before) renameSync(old, path);
        throw cause;
      }
      this.done = true;
      await syncFolder(dirname(path));
    } catch (cause) {
      await this.abort();
      throw cause instanceof DefconError ? cause : notWritable(path, cause);
    }
    await rm(old, { recursive: true, force: true });
  }

  /** Removes the temporary folder; does nothing after a commit. */
  async abort(): Promise<void> {
    if (this.done) return;
    this.done = true;
    await rm(this.temporaryPath, { recursive: true, force: true });
  }
}

/**
 * What is in the folder's place once it is filled. Another program may have put something there.
 * @throws InputError OUTPUT_EXISTS where that may not be replaced; the folder is then kept beside
 */
async function contentAtTheEnd(
  path: string,
  fresh: string,
  replaces: FolderRule,
): Promise<string[] | undefined> {
  const content = await contentOf(path);
  try {
    checkReplaceable(path, content, replaces);
    return content;
  } catch {
    let number = 2;
    while (lstatSync(`${path}-${number}`, { throwIfNoEntry: false })) number++;
    renameSync(fresh, `${path}-${number}`);
    throw new InputError("OUTPUT_EXISTS", {
      subject: path,
      expected: "a folder as it was at the start",
      found: "one that another program has filled meanwhile",
      advice: `It was left as it is. The result is ${path}-${number}.`,
    });
  }
}

/** @throws InputError OUTPUT_EXISTS */
function checkReplaceable(
  path: string,
  content: readonly string[] | undefined,
  { title, isOne, force = false, option = "--force" }: FolderRule,
): void {
  if (!content?.length || (force && isOne(content, path))) return;
  const same = isOne(content, path);
  throw new InputError("OUTPUT_EXISTS", {
    subject: path,
    expected: `a folder that is empty or not there${same ? "" : `, or ${title}`}`,
    found: same ? title : `a folder with ${ownEntries(content).slice(0, 4).join(", ")} in it`,
    advice: same
      ? `Choose another name, or replace it with ${option}.`
      : "Nothing was written. Choose another name: a folder with anything else in it is never replaced.",
  });
}

/**
 * Writes files into a new folder and makes sure that they have their place on the disk.
 * @throws Error of the file system
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folders = new Set([folder]);
  for (const [name, bytes] of files) {
    const path = join(folder, ...name.split("/"));
    await mkdir(dirname(path), { recursive: true });
    folders.add(dirname(path));
    const handle = await open(path, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  for (const each of folders) await syncFolder(each);
}

/**
 * The paths in a folder; undefined where there is no folder.
 * @throws InputError OUTPUT_WRITE where a file is in its place
 */
async function contentOf(path: string): Promise<string[] | undefined> {
  try {
    return await pathsBelow(path);
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return undefined;
    if (systemErrorCode(cause) === "ENOTDIR") throw notWritable(path, cause, "a file of that name");
    throw cause;
  }
}
