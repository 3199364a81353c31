import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { systemErrorCode } from "./errors.js";

/** Of open(2) on macOS and BSD: takes a shared lock. Node.js has no name for it. */
const O_SHLOCK = 0x10;
const BSD: readonly NodeJS.Platform[] = ["darwin", "freebsd", "openbsd"];
/** Values of HDF5's own variable with which it takes no locks. */
const UNLOCKED = ["FALSE", "0"];

/** The status with which `flock -n` ends where another program has the lock. */
const TAKEN = 1;

/**
 * A shared lock of a file, as the HDF5 library takes it to read (flock, which is advisory).
 * While it is held, HDF5 opens the file in no other program to write; readers may share it.
 */
export class FileLock {
  private constructor(private file: number | undefined) {}

  /**
   * Takes the lock, without waiting. The lock holds nothing where the system has none: on Windows,
   * on file systems without locks, on Linux without the command flock.
   * @returns undefined where another program holds the file to write
   * @throws Error of the system where the file cannot be opened
   */
  static async shared(path: string): Promise<FileLock | undefined> {
    if (UNLOCKED.includes(process.env.HDF5_USE_FILE_LOCKING?.toUpperCase() ?? "")) {
      return new FileLock(undefined);
    }
    if (BSD.includes(process.platform)) return FileLock.opened(path);
    if (process.platform !== "linux") return new FileLock(undefined);
    const file = openSync(path, "r");
    if ((await statusOfFlock(file)) !== TAKEN) return new FileLock(file);
    closeSync(file);
    return undefined;
  }

  /** Takes the lock as part of opening the file. */
  private static opened(path: string): FileLock | undefined {
    try {
      return new FileLock(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | O_SHLOCK));
    } catch (error) {
      const code = systemErrorCode(error) ?? "";
      if (["EAGAIN", "EWOULDBLOCK"].includes(code)) return undefined;
      if (["ENOTSUP", "EOPNOTSUPP"].includes(code)) return new FileLock(undefined);
      throw error;
    }
  }

  /** Gives the lock back; a second time does nothing. */
  release(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

/**
 * Has the command flock lock an open file of this process.
 * The lock belongs to the open file, not to the command, and stays when the command has ended.
 */
function statusOfFlock(file: number): Promise<number | null> {
  return new Promise((resolve) => {
    const command = spawn("flock", ["-n", "-s", "3"], { stdio: ["ignore", "ignore", "ignore", file] });
    command.once("error", () => resolve(null)).once("exit", resolve);
  });
}
