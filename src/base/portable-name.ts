/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether every system takes this for the name of one file. */
export function isPortableName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a name
  return !/^$|^\.\.?$|[\u0000-\u001f\u007f<>:"|?*\\/]|[. ]$/.test(name) && !DEVICE.test(name);
}

/** How a path reads to a file system that tells neither case nor the ways to write an accent apart. */
export function foldedPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
