import { createReadStream, mkdtempSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { create, Parser, type ReadEntry } from "tar";
import { AtomicFile } from "../base/atomic-file.js";
import { writeFiles, writeFolderAtomically } from "../base/atomic-folder.js";
import { FijiError, InputError, messageOf, notReadable, notWritable } from "../base/errors.js";
import { FIJI_LIMITS } from "../base/limits.js";
import type { FileKind } from "../base/output-place.js";
import { foldedPath } from "../base/portable-name.js";
import { type FijiContent, manifestOf } from "./content.js";
import { decodeManifest, encodeManifest, type Manifest, recordOf } from "./manifest.js";
import { foldersAbove, isOurPlace, MANIFEST_PATH } from "./paths.js";

/** Date of all files in an archive, so that the same content gives the same archive. */
const MODIFIED = new Date("2026-01-01T00:00:00Z");

/** Most bytes of a whole tar: its files, and headers and padding for each of them. */
const MAX_UNPACKED = FIJI_LIMITS.maxArchiveBytes + 4096 * FIJI_LIMITS.maxArchiveEntries;

/** Whether a path is named like an archive. */
export function isArchiveName(path: string): boolean {
  return /\.(tar\.gz|tgz)$/i.test(path);
}

/**
 * Writes what an installation would put into a Fiji, including its manifest.
 * A path that is named like an archive becomes one, any other path a folder. The content of either
 * can be copied into a Fiji folder by hand.
 * @param force whether an archive of {@link writePack} may be replaced; a folder never is
 * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
 */
export async function writePack(path: string, content: FijiContent, force = false): Promise<void> {
  const files = new Map([...content.files, [MANIFEST_PATH, encodeManifest(manifestOf(content))] as const]);
  if (isArchiveName(path)) return writeArchive(path, files, force);
  // An existing folder may be a Fiji, which a pack must not replace.
  await writeFolderAtomically(path, files, { title: "an archive's content", isOne: () => false });
}

/** An archive of {@link writePack}, and no other tar in gzip. */
const ARCHIVE: FileKind = {
  title: "an archive for Fiji",
  isOne: (path) =>
    readArchive(path).then(
      () => true,
      () => false,
    ),
};

async function writeArchive(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  force: boolean,
): Promise<void> {
  const file = await AtomicFile.create(path, undefined, { kind: ARCHIVE, force });
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-pack-"));
  try {
    await writeFiles(join(folder, "content"), files);
    const options = {
      cwd: join(folder, "content"),
      gzip: true,
      portable: true,
      mtime: MODIFIED,
      noDirRecurse: true,
    };
    await create({ ...options, file: file.temporaryPath }, [...files.keys()].sort());
    await file.commit();
  } catch (cause) {
    throw cause instanceof InputError ? cause : notWritable(path, cause);
  } finally {
    await file.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads an archive of {@link writePack} without trusting it. Nothing is written.
 * Every entry must be a plain file at one of our places, listed in the archive's manifest with its
 * size and SHA-256. All must be within bounds.
 * @throws InputError INPUT_NOT_FOUND, FijiError FIJI_ARCHIVE
 */
export async function readArchive(path: string): Promise<FijiContent> {
  const status = await stat(path).catch((cause) => {
    throw notReadable(path, "an archive for Fiji", cause);
  });
  if (!status.isFile()) throw refused(path, "a file", "something else");
  const files = await readEntries(path);
  const manifestBytes = files.get(MANIFEST_PATH);
  if (!manifestBytes) throw refused(path, `${MANIFEST_PATH} in it`, "none");
  files.delete(MANIFEST_PATH);
  const manifest = manifestIn(path, manifestBytes);
  const listed = new Set([...manifest.files.keys(), ...files.keys()]);
  for (const name of listed) {
    const [expected, bytes] = [manifest.files.get(name), files.get(name)];
    if (!bytes || !expected) {
      throw refused(
        path,
        "the files of its list",
        `${name} ${bytes ? "in the archive" : "in the list"} alone`,
      );
    }
    const { sha256, size } = recordOf(bytes);
    if (sha256 !== expected.sha256 || size !== expected.size) {
      throw refused(path, `${name} with the SHA-256 ${expected.sha256}`, sha256);
    }
  }
  return { version: manifest.version, models: manifest.models, files };
}

function manifestIn(path: string, bytes: Uint8Array): Manifest {
  try {
    return decodeManifest(MANIFEST_PATH, bytes);
  } catch (cause) {
    throw refused(path, "a list of its files that this version can read", messageOf(cause), cause);
  }
}

async function readEntries(path: string): Promise<Map<string, Uint8Array>> {
  const reader = new EntryReader(path);
  const parser = new Parser({ strict: true, zstd: false, onReadEntry: (entry) => reader.add(entry) });
  // Entries that the parser ignores are none that we write: they are refused too.
  parser.on("ignoredEntry", (entry) => reader.add(entry));
  let isOver = false;
  parser.on("eof", () => {
    isOver = true;
  });
  const ended = new Promise<void>((resolve, reject) => parser.on("end", resolve).on("error", reject));
  // Awaited only after everything is written; a failure before must not count as unhandled.
  ended.catch(() => undefined);
  const file = createReadStream(path);
  const unpacked = file.pipe(createGunzip());
  // A pipe hands on neither the errors of what it reads from, nor the end of what reads from it.
  file.on("error", (cause) => unpacked.destroy(cause));
  try {
    let total = 0;
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      // The parser would unpack what is packed twice, beyond any bound.
      if (total === 0 && chunk[0]! < 0x20) throw refused(path, "a tar in gzip", "something else in gzip");
      total += chunk.length;
      if (total > MAX_UNPACKED) throw reader.tooLarge();
      // Data after the end is read, but not given to the parser, which would collect it.
      if (!isOver) parser.write(chunk);
      if (reader.trouble) throw reader.trouble;
    }
    parser.end();
    await ended;
  } catch (cause) {
    if (cause instanceof FijiError) throw cause;
    throw refused(path, "a tar in gzip, whole", messageOf(cause), cause);
  } finally {
    file.destroy();
  }
  if (reader.trouble) throw reader.trouble;
  return reader.files;
}

/** Collects the files of an archive, up to the first that is refused. */
class EntryReader {
  readonly files = new Map<string, Uint8Array>();
  trouble: FijiError | undefined;
  private readonly kinds = new Map<string, "file" | "folder">();
  private entries = 0;
  private bytes = 0;

  constructor(private readonly archive: string) {}

  add(entry: ReadEntry): void {
    const path = entry.path.replace(/^(\.\/)+/, "").replace(/\/$/, "");
    this.trouble ??= this.objection(entry, path);
    if (this.trouble || entry.type === "Directory") return void entry.resume();
    const chunks: Uint8Array[] = [];
    entry.on("data", (chunk) => chunks.push(chunk));
    entry.on("end", () => this.files.set(path, Buffer.concat(chunks)));
  }

  tooLarge(): FijiError {
    return refused(this.archive, `at most ${FIJI_LIMITS.maxArchiveBytes} bytes once unpacked`, "more");
  }

  private objection(entry: ReadEntry, path: string): FijiError | undefined {
    this.entries++;
    this.bytes += entry.size;
    if (this.entries > FIJI_LIMITS.maxArchiveEntries) {
      return refused(this.archive, `at most ${FIJI_LIMITS.maxArchiveEntries} entries`, "more");
    }
    if (!(entry.size >= 0 && this.bytes <= FIJI_LIMITS.maxArchiveBytes)) return this.tooLarge();
    const isFolder = entry.type === "Directory";
    if (!isFolder && entry.type !== "File" && entry.type !== "OldFile") {
      return refused(this.archive, "plain files and folders", `${entry.path}, of the kind ${entry.type}`);
    }
    if (isFolder && (path === "" || path === ".")) return undefined;
    const isOurs = isFolder ? path === "plugins" || isOurPlace(`${path}/x`) : isOurPlace(path);
    if (!isOurs) {
      return refused(this.archive, "files in the places of defcon-fiji", JSON.stringify(entry.path));
    }
    return this.collision(path, isFolder);
  }

  /**
   * Two entries that are the same file on some system, or a file where another entry needs a
   * folder.
   */
  private collision(path: string, isFolder: boolean): FijiError | undefined {
    const key = foldedPath(path);
    const known = this.kinds.get(key);
    const above = foldersAbove(key).find((folder) => this.kinds.get(folder) === "file");
    if (known === "file" || (known === "folder" && !isFolder) || above !== undefined) {
      return refused(
        this.archive,
        "each place once",
        `${JSON.stringify(path)} twice, or as a file and a folder`,
      );
    }
    for (const folder of foldersAbove(key)) this.kinds.set(folder, "folder");
    this.kinds.set(key, isFolder ? "folder" : "file");
    return undefined;
  }
}

function refused(archive: string, expected: string, found: string, cause?: unknown): FijiError {
  return new FijiError("FIJI_ARCHIVE", {
    subject: archive,
    expected,
    found,
    advice: "Nothing was installed. Get the archive again, or make one: defcon-fiji pack -o FILE.tar.gz",
    cause,
  });
}
