/** Names that Windows reserves for devices, whatever the ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether every system takes this as the name of one file. */
export function isPortableName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
  return !/^$|^\.\.?$|[\u0000-\u001f\u007f<>:"|?*\\/]|[. ]$/.test(name) && !DEVICE.test(name);
}

/** A path as a file system reads it that ignores case and the way an accent is encoded. */
export function foldedPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
