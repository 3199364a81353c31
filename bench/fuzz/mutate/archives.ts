import { gunzipSync, gzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { type Mutation, mutateBytes, pick } from "./bytes.js";

const BLOCK = 512;

/** Changes the tar inside a tar.gz, with right sums of its headers, or the gzip around it. */
export const mutateTarGz: Mutation = (bytes, random, other) => {
  const tar = random.below(4) === 0 ? undefined : unpacked(() => gunzipSync(bytes));
  if (!tar) return mutateBytes(bytes, random, other);
  const changed = mutateBytes(tar, random, tar);
  for (let at = 0; at + BLOCK <= changed.length; at += BLOCK) {
    const isHeader = changed.subarray(at + 257, at + 262).toString("latin1") === "ustar";
    if (isHeader && random.below(8) !== 0) sign(changed.subarray(at, at + BLOCK));
  }
  return gzipSync(changed);
};

/** What an archive holds; undefined for one that was changed before, and cannot be unpacked. */
function unpacked<T>(unpack: () => T): T | undefined {
  try {
    return unpack();
  } catch {
    return undefined;
  }
}

/** Writes the sum of a header's bytes into it, with spaces in the place of the sum itself. */
function sign(header: Buffer): void {
  header.fill(32, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

/**
 * Changes a file inside a zip archive, whose sums are then right, or the archive itself.
 * @param mutate by the name of the file inside
 */
export function mutateZip(mutate: (name: string) => Mutation): Mutation {
  return (bytes, random, other) => {
    const inside = random.below(3) === 0 ? undefined : unpacked(() => unzipSync(Buffer.from(bytes)));
    if (!inside || Object.keys(inside).length === 0) return mutateBytes(bytes, random, other);
    const files = new Map<string, Uint8Array<ArrayBuffer>>(Object.entries(inside));
    const name = pick(random, [...files.keys()]);
    const content = Buffer.from(files.get(name)!);
    const another = Buffer.from(files.get(pick(random, [...files.keys()]))!);
    if (random.below(10) === 0) files.delete(name);
    else if (content.length > 0) files.set(name, Buffer.from(mutate(name)(content, random, another)));
    if (random.below(10) === 0) files.set(`${name}/../${name}`, content);
    return Buffer.from(zipSync(Object.fromEntries(files), { level: 1 }));
  };
}
