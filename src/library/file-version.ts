import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pathsBelow } from "../base/folder-paths.js";

/**
 * What changes whenever a model's file, or any file of its folder, is written or replaced.
 * Two equal versions mean the same bytes.
 * @returns "missing" where nothing can be found
 */
export async function fileVersion(path: string): Promise<string> {
  try {
    const status = await stat(path, { bigint: true });
    if (!status.isDirectory()) return versionOf(status);
    const inside = await Promise.all(
      (await pathsBelow(path)).map(async (name) => {
        const found = await stat(join(path, name), { bigint: true });
        return `${name}:${versionOf(found)}`;
      }),
    );
    return inside.join("|");
  } catch {
    return "missing";
  }
}

interface Status {
  mtimeNs: bigint;
  ctimeNs: bigint;
  size: bigint;
  ino: bigint;
}

function versionOf({ mtimeNs, ctimeNs, size, ino }: Status): string {
  return `${mtimeNs}:${ctimeNs}:${size}:${ino}`;
}
