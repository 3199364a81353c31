import { constants, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type InputError, notReadable } from "./errors.js";

/**
 * Opens a named pipe without waiting until a program writes into it.
 * Windows has no such flag, and no such pipes among its files.
 */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Something that is no file that holds bytes. */
class NotAFile extends Error {}

/**
 * Opens a file for reading, and nothing that is none. It never waits.
 * Opening a pipe would wait for somebody to write into it, for ever and in one of the few threads
 * that all files of a process are read with. Opening a device may do anything.
 * @throws Error of the file system, or one whose message says what is there instead
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  refuseSpecial(await stat(path));
  const handle = await open(path, WITHOUT_WAITING);
  try {
    // Another thing may have taken the file's place.
    refuseSpecial(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The content of a file.
 * @param maxBytes most bytes that it may have; nothing of a longer file is read
 * @throws as {@link openRegularFile}
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await openRegularFile(path);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw new Error(`a file of ${size} bytes, more than the ${maxBytes} that are read`);
    const bytes = Buffer.alloc(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await handle.read(bytes, done, size - done, done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/**
 * Opens a file that the user named, as {@link openRegularFile} does.
 * @param expected what it should be, with its article: "a tif file"
 * @throws InputError INPUT_NOT_FOUND, also for a folder, a named pipe or a device
 */
export function openFile(path: string, expected: string): Promise<FileHandle> {
  return openRegularFile(path).catch((cause: unknown) => {
    throw refused(path, expected, cause);
  });
}

/**
 * Reads a whole file that the user named.
 * @param maxBytes as for {@link readRegularFile}
 * @throws as {@link openFile}; also for a file that is too long
 */
export function readWholeFile(path: string, expected: string, maxBytes: number): Promise<Buffer> {
  return readRegularFile(path, maxBytes).catch((cause: unknown) => {
    throw refused(path, expected, cause);
  });
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

function refuseSpecial(status: Stats): void {
  const special = specialKind(status);
  if (special) throw new NotAFile(special);
}

function refused(path: string, expected: string, cause: unknown): InputError {
  return cause instanceof NotAFile
    ? notAFile(path, expected, cause.message)
    : notReadable(path, expected, cause);
}

function notAFile(path: string, expected: string, found: string): InputError {
  const advice =
    found === "a folder" ? "Name the file in it." : "Save the data to a file first, and name that file.";
  return notReadable(path, expected, undefined, { found, advice });
}
