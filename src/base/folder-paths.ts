import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Levels of folders that are searched: enough to recognise any folder that is a model. */
const DEPTH = 3;
/**
 * Once this many paths are found, no further folder is searched: the folder may be a disk's root.
 */
const ENOUGH = 100;

/**
 * Paths in a folder, three levels deep, parts joined by "/", the folder's own entries first.
 * In a folder with many entries, deeper levels may be left out.
 * @throws Error of the file system
 */
export async function pathsBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  let level = [""];
  for (let depth = 0; depth < DEPTH; depth++) {
    const deeper: string[] = [];
    for (const prefix of level) {
      if (paths.length >= ENOUGH) return paths;
      const entries = readdir(join(folder, prefix), { withFileTypes: true });
      // A folder inside that may not be read counts as empty.
      for (const entry of await (depth === 0 ? entries : entries.catch(() => []))) {
        paths.push(prefix + entry.name);
        if (entry.isDirectory()) deeper.push(`${prefix}${entry.name}/`);
      }
    }
    level = deeper;
  }
  return paths;
}

/** The paths of {@link pathsBelow} that are the folder's own entries. */
export function ownEntries(paths: readonly string[]): string[] {
  return paths.filter((path) => !path.includes("/"));
}
