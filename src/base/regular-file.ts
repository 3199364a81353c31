import { constants, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

/**
 * Opens a file for reading, and nothing that is none.
 * Opening a pipe waits for somebody to write into it, for ever and in one of the few threads that
 * all files of a process are read with. Opening a device may do anything.
 * @throws Error of the file system, or one whose message says what is there instead
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  refuseOthers(await stat(path));
  // A pipe that has just taken the file's place does not make this wait either.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseOthers(await handle.stat());
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
 * Checks that a path leads to a file or a folder, for libraries that open by name.
 * What is not there is left to them.
 * @throws Error whose message says what is there instead
 */
export async function checkNotSpecial(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status && !status.isDirectory()) refuseOthers(status);
}

/** {@link openRegularFile}'s check, for libraries that open at once by name. */
export function checkRegularFile(path: string): void {
  refuseOthers(statSync(path));
}

function refuseOthers(status: Stats): void {
  if (!status.isFile()) throw new Error(`${kindOf(status)} instead of a file`);
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a pipe";
  if (status.isSocket()) return "a socket";
  return "a device";
}
