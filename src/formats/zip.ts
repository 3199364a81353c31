import { Unzip, UnzipInflate, zipSync } from "fflate";
import { ModelFormatError, messageOf } from "../base/errors.js";
import { ARCHIVE_LIMITS, FILE_LIMITS } from "../base/limits.js";
import { readRegularFile } from "../base/regular-file.js";
import type { ModelFiles } from "./format.js";
import { damagedModel } from "./metadata.js";

/**
 * Archives are read in pieces of this size, so that what a compressed piece grows to stays small.
 */
const PIECE_BYTES = 65_536;

/** The bytes of a zip archive. The same files give the same bytes at any time and place. */
export function writeZip(files: ModelFiles): Uint8Array {
  // The format's first day. The format keeps local time, so this is local time too.
  return zipSync(Object.fromEntries(files), { mtime: new Date(1980, 0, 1) });
}

/**
 * The files of a zip archive with a model in it, by name.
 * Where all lie in one folder, as when a folder was packed, names are those inside it. What systems
 * add for themselves is left out.
 * @throws InputError INPUT_NOT_FOUND; ModelFormatError as {@link readZip}
 */
export async function readModelArchive(path: string): Promise<Map<string, Uint8Array>> {
  const bytes = await readRegularFile(path, FILE_LIMITS.maxModelBytes);
  const files = [...readZip(path, bytes)].filter(([name]) => !SYSTEMS_OWN.test(name));
  const folder = /^[^/]+\//.exec(files[0]?.[0] ?? "")?.[0] ?? "";
  const packed = folder !== "" && files.every(([name]) => name.startsWith(folder));
  const inside = packed ? files.map(([name, bytes]) => [name.slice(folder.length), bytes] as const) : files;
  return new Map(inside.filter(([name]) => name !== "" && !name.endsWith("/")));
}

/** What macOS and Windows put into archives. */
const SYSTEMS_OWN = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;

/**
 * The files of a zip archive, by name. Names are only names: nothing is written under them.
 * @param path of the archive, named in errors
 * @throws ModelFormatError MODEL_FORMAT for an archive that is damaged or larger than {@link
 * ARCHIVE_LIMITS}
 */
export function readZip(path: string, bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array[]>();
  const { maxEntries, maxUnpackedBytes } = ARCHIVE_LIMITS;
  let unpacked = 0;
  const unzip = new Unzip((entry) => {
    if (files.has(entry.name)) throw damagedModel(path, "each file once", `${entry.name} twice`);
    if (files.size === maxEntries) throw damagedModel(path, `at most ${maxEntries} files`, "more");
    const pieces: Uint8Array[] = [];
    files.set(entry.name, pieces);
    entry.ondata = (error, piece) => {
      if (error) throw error;
      unpacked += piece.length;
      if (unpacked > maxUnpackedBytes) {
        throw damagedModel(path, `at most ${maxUnpackedBytes} bytes when unpacked`, "more");
      }
      pieces.push(piece);
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const end = at + PIECE_BYTES;
      unzip.push(bytes.subarray(at, end), end >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw damagedModel(path, "a zip archive", messageOf(cause), cause);
  }
  return new Map([...files].map(([name, pieces]) => [name, Buffer.concat(pieces)]));
}
