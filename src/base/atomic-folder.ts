import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DefconError, notWritable, systemErrorCode } from "./errors.js";
import { ownEntries, pathsBelow } from "./folder-paths.js";
import { syncFolder } from "./sync-folder.js";

/** Whether a folder that is not empty may be replaced, by the {@link pathsBelow} it. */
export type MayReplace = (paths: readonly string[]) => boolean;

/**
 * Writes a folder that appears whole or not at all, from files in memory.
 * @param files by path below the folder, parts joined by "/"
 * @throws InputError OUTPUT_WRITE
 */
export async function writeFolderAtomically(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  mayReplace: MayReplace,
): Promise<void> {
  await fillFolderAtomically(path, mayReplace, (folder) => writeFiles(folder, files));
}

/**
 * Writes a folder that appears whole or not at all.
 * It is filled beside its place, then renamed. An existing folder is set aside first, and removed
 * with all it holds once the new one is in place.
 * @param fill writes into the folder of the given path, and flushes what it writes; if it throws,
 * everything stays as it was
 * @throws InputError OUTPUT_WRITE; DefconError that `fill` throws
 */
export async function fillFolderAtomically(
  path: string,
  mayReplace: MayReplace,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const mark = randomBytes(6).toString("hex");
  const beside = (ending: string) => join(dirname(path), `.${basename(path)}.${mark}.${ending}`);
  const [fresh, old] = [beside("partial"), beside("replaced")];
  try {
    const before = await contentOf(path);
    if (before?.length && !mayReplace(before)) {
      throw notWritable(path, undefined, `a folder with ${ownEntries(before).slice(0, 4).join(", ")} in it`);
    }
    await mkdir(fresh, { recursive: true });
    await fill(fresh);
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
    throw cause instanceof DefconError ? cause : notWritable(path, cause);
  }
  await rm(old, { recursive: true, force: true });
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
