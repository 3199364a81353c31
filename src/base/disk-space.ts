import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError, shownPath } from "./errors.js";
import { DISK_LIMITS } from "./limits.js";

/**
 * Checks that a disk stays as free as it must with what is to be written.
 * Where the system does not tell, nothing is checked.
 * @param path of a file or folder that is there or will be
 * @param bytes that are to be written there
 * @throws InputError OUTPUT_SPACE
 */
export function checkDiskSpace(path: string, bytes = 0): void {
  const free = freeBytes(path);
  if (free === undefined || free - bytes >= DISK_LIMITS.minFreeBytes) return;
  throw new InputError("OUTPUT_SPACE", {
    subject: shownPath(path),
    expected: `a disk on which ${inMegabytes(DISK_LIMITS.minFreeBytes)} stay free`,
    found: `${inMegabytes(free)} free`,
    advice: "Free space on that disk, or choose another folder.",
  });
}

/** Looks at a disk now and then while a file on it grows. */
export class DiskWatch {
  private unlooked = 0;

  constructor(private readonly path: string) {}

  /**
   * Called before bytes are written.
   * @throws InputError OUTPUT_SPACE
   */
  grow(bytes: number): void {
    this.unlooked += bytes;
    if (this.unlooked < DISK_LIMITS.lookBytes) return;
    checkDiskSpace(this.path, bytes);
    this.unlooked = 0;
  }
}

/** Bytes of a path's disk that this user may still write; undefined where the system does not tell. */
function freeBytes(path: string): number | undefined {
  for (let place = resolve(path); ; place = dirname(place)) {
    try {
      const { bavail, bsize } = statfsSync(place);
      return bavail * bsize;
    } catch {
      // A file or folder that is still to be made.
      if (dirname(place) === place) return undefined;
    }
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
