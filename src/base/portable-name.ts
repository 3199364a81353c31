import { isPlainText } from "./plain-text.js";

/** Names that Windows reserves for devices, whatever the ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Longest name, bytes of UTF-8.
 * File systems take 255, and names of temporary files are longer than those they end as.
 */
const MAX_BYTES = 200;

/** Whether every system takes this as the name of one file, and people see it as it is. */
export function isPortableName(name: string): boolean {
  return (
    !/^$|^\.\.?$|[<>:"|?*\\/]|[. ]$/.test(name) &&
    !DEVICE.test(name) &&
    isPlainText(name) &&
    Buffer.byteLength(name) <= MAX_BYTES
  );
}

/** A path as a file system reads it that ignores case and the way an accent is encoded. */
export function foldedPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
