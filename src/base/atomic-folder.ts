import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "./atomic-file.js";
import { InputError, notWritable, systemErrorCode } from "./errors.js";
import { ownEntries, pathsBelow } from "./folder-paths.js";

/**
 * Writes a folder that appears whole or not at all: its files are written beside its place and flushed, then the folder is renamed. A folder that is
 * there is set aside, and removed once the new one is in its place; nothing of it stays.
 * @param files by path below the folder, parts joined by "/"
 * @param mayReplace whether a folder with these {@link pathsBelow} it may be replaced; asked only of one that holds anything
 * @throws InputError OUTPUT_WRITE
 */
export async function writeFolderAtomically(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  mayReplace: (paths: readonly string[]) => boolean,
): Promise<void> {
  const mark = randomBytes(6).toString("hex");
  const beside = (ending: string) => join(dirname(path), `.${basename(path)}.${mark}.${ending}`);
  const [fresh, old] = [beside("partial"), beside("replaced")];
  try {
    const before = await contentOf(path);
    if (before?.length && !mayReplace(before)) {
      throw notWritable(path, undefined, `a folder with ${ownEntries(before).slice(0, 4).join(", ")} in it`);
    }
    await writeFiles(fresh, files);
    if (before) renameSync(path, old);
    try {
      renameSync(fresh, path);
    } catch (cause) {
      if (before) renameSync(old, path);
      throw cause;
    }
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    throw cause instanceof InputError ? cause : notWritable(path, cause);
  }
  await rm(old, { recursive: true, force: true });
}

/** Writes files into a new folder and makes sure that they have their place on the disk. @throws Error of the file system */
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

/** What lies in a folder; undefined where there is nothing. @throws InputError OUTPUT_WRITE where a file stands in its place */
async function contentOf(path: string): Promise<string[] | undefined> {
  try {
    return await pathsBelow(path);
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return undefined;
    if (systemErrorCode(cause) === "ENOTDIR") throw notWritable(path, cause, "a file of that name");
    throw cause;
  }
}
