import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Levels of folders that are looked into: what any folder that is a model is told by. */
const DEPTH = 3;
/** Once so much was found, no further folder is looked into: a disk's root may be asked about. */
const ENOUGH = 100;

/**
 * Paths of what lies in a folder, three levels deep, parts joined by "/"; the folder's own entries first. Of a folder with much in it, deeper levels may be
 * left out.
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
      // A folder inside that may not be looked into is as good as an empty one.
      for (const entry of await (depth === 0 ? entries : entries.catch(() => []))) {
        paths.push(prefix + entry.name);
        if (entry.isDirectory()) deeper.push(`${prefix}${entry.name}/`);
      }
    }
    level = deeper;
  }
  return paths;
}

/** Those of {@link pathsBelow} that are a folder's own entries. */
export function ownEntries(paths: readonly string[]): string[] {
  return paths.filter((path) => !path.includes("/"));
}
