import { DatasetError, notReadable } from "../base/errors.js";
import { FileLock } from "../base/file-lock.js";

/** What HDF5 says of a file whose superblock is marked as being written. */
export const FLAGGED = "the mark of a program that writes to it, or did not close it";
export const CLEAR =
  "Close it there. If that program crashed, look whether the file is whole and remove the mark: h5clear -s FILE.h5";

/**
 * Keeps other programs from writing to a training set, as HDF5 does while it reads one.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_LOCKED where one is writing
 */
export async function lockForReading(path: string): Promise<FileLock> {
  const lock = await FileLock.shared(path).catch((cause: unknown) => {
    throw notReadable(path, "a training set", cause);
  });
  if (lock) return lock;
  throw lockedError(path, "HDF5's lock of another program", "Close the file there (in h5py: file.close()).");
}

/** The error for a training set that another program has open to write. */
export function lockedError(path: string, found: string, advice: string): DatasetError {
  return new DatasetError("DATASET_LOCKED", {
    subject: path,
    expected: "a training set that no other program writes to",
    found,
    advice,
  });
}
