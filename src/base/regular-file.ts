import { constants, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type InputError, notReadable } from "./errors.js";

/**
 * Opens a named pipe without waiting until a program writes into it.
 * Windows has no such flag, and no such pipes among its files.
 */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file that the user named, for reading. It never waits.
 * @param expected what it should be, with its article: "a tif file"
 * @throws InputError INPUT_NOT_FOUND, also for a folder, a named pipe or a device
 */
export async function openFile(path: string, expected: string): Promise<FileHandle> {
  const handle = await open(path, WITHOUT_WAITING).catch((cause: unknown) => {
    throw notReadable(path, expected, cause);
  });
  try {
    const special = specialKind(await handle.stat());
    if (special) throw notAFile(path, expected, special);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads a whole file that the user named. @throws as {@link openFile} */
export async function readWholeFile(path: string, expected: string): Promise<Buffer> {
  const handle = await openFile(path, expected);
  try {
    return await handle.readFile();
  } catch (cause) {
    throw notReadable(path, expected, cause);
  } finally {
    await handle.close();
  }
}

/**
 * Checks a file that a library opens by its name. @returns its size and times
 * @throws as {@link openFile}
 */
export async function checkFile(path: string, expected: string): Promise<Stats> {
  const status = await stat(path).catch((cause: unknown) => {
    throw notReadable(path, expected, cause);
  });
  const special = specialKind(status);
  if (special) throw notAFile(path, expected, special);
  return status;
}

/** What a path leads to, where that is no file that holds bytes; undefined for a file. */
export function specialKind(status: Stats): string | undefined {
  if (status.isFile()) return undefined;
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a named pipe (FIFO)";
  if (status.isSocket()) return "a socket";
  return "a device";
}

/** {@link specialKind} of a path; undefined also where nothing is there. */
export function specialKindAt(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status && specialKind(status);
}

function notAFile(path: string, expected: string, found: string): InputError {
  const advice =
    found === "a folder" ? "Name the file in it." : "Save the data to a file first, and name that file.";
  return notReadable(path, expected, undefined, { found, advice });
}
