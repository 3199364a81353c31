import { readFileSync } from "node:fs";
import { sha256Of } from "../base/digest.js";
import { FijiError, messageOf } from "../base/errors.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { isRecord } from "../base/is-record.js";
import { FIJI_LIMITS } from "../base/limits.js";
import { isPortableName } from "../base/portable-name.js";
import { inFolder, isNameAside, isOurPlace, MANIFEST_PATH, type Part, partOf, statusOf } from "./paths.js";

/** Number of the manifest's format. It changes when older programs would misread the file. */
const MANIFEST_FORMAT = 1;

export interface FileRecord {
  /** SHA-256 of the file's bytes, in hexadecimal. */
  sha256: string;
  /** Size of the file, bytes. */
  size: number;
}

/** Something of the user's that was in a file's place and got another name beside it. */
export interface SetAside {
  path: string;
  to: string;
}

/**
 * The list of what this program has installed into a Fiji, and may replace and remove there.
 * It is the file {@link MANIFEST_PATH} and does not list itself.
 */
export interface Manifest {
  /** Version of the program that wrote it. */
  version: string;
  /** Names of the models, the default first. */
  models: readonly string[];
  files: ReadonlyMap<string, FileRecord>;
  setAside: readonly SetAside[];
  /** Folders outside plugins/DEFCoN that had to be made. They are removed when they are empty. */
  folders: readonly string[];
}

/** The folders that {@link Manifest.folders} may name. */
const TOP_FOLDERS = ["luts", "macros"];

export function recordOf(bytes: Uint8Array): FileRecord {
  return { sha256: sha256Of(bytes), size: bytes.length };
}

/** Whether a place holds a plain file with exactly these bytes. @throws Error of the file system */
export function isRecorded(place: string, record: FileRecord | undefined): boolean {
  const status = statusOf(place);
  if (!record || !status?.isFile() || status.size !== record.size) return false;
  return recordOf(readFileSync(place)).sha256 === record.sha256;
}

/** Encodes a manifest. Equal manifests have equal bytes. */
export function encodeManifest({ version, models, files, setAside, folders }: Manifest): Uint8Array {
  const sorted = Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = { format: MANIFEST_FORMAT, version, models, files: sorted, setAside, folders };
  const text = JSON.stringify(content, null, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/**
 * The manifest of a Fiji folder; undefined where nothing of this program is installed.
 * @throws FijiError FIJI_MANIFEST
 */
export function readManifest(root: string): Manifest | undefined {
  const place = inFolder(root, MANIFEST_PATH);
  const status = statusOf(place);
  if (!status) return undefined;
  if (!status.isFile() || status.size > FIJI_LIMITS.maxManifestBytes) {
    throw damaged(place, status.isFile() ? `a file of ${status.size} bytes` : "no plain file");
  }
  return decodeManifest(place, readFileSync(place));
}

/** @param subject name of the manifest in errors @throws FijiError FIJI_MANIFEST */
export function decodeManifest(subject: string, bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(subject, messageOf(cause), cause);
  }
  if (!isRecord(value)) throw damaged(subject, "something else in JSON");
  if (typeof value.format === "number" && value.format > MANIFEST_FORMAT) {
    throw new FijiError("FIJI_MANIFEST", {
      subject,
      expected: `a list of files of format ${MANIFEST_FORMAT}`,
      found: `format ${value.format}, written by defcon-fiji ${value.version}`,
      advice: `Use that version of defcon-fiji, or a later one: ${HOW_TO_INSTALL}`,
    });
  }
  const { version, models, files, setAside, folders } = value;
  if (typeof version !== "string" || !Array.isArray(models) || !models.every(isModelName)) {
    throw damaged(subject, "no version or no names of models");
  }
  if (!isRecord(files) || !Array.isArray(setAside) || !Array.isArray(folders)) {
    throw damaged(subject, "no list of files");
  }
  const records = new Map<string, FileRecord>();
  for (const [path, record] of Object.entries(files)) {
    if (!isOurPlace(path) || path === MANIFEST_PATH || !isFileRecord(record))
      throw damaged(subject, `an entry ${path}`);
    records.set(path, { sha256: record.sha256, size: record.size });
  }
  const aside = setAside.map((each) => {
    if (isSetAside(each)) return { path: each.path, to: each.to };
    throw damaged(subject, `${JSON.stringify(each)} among what was set aside`);
  });
  return {
    version,
    models,
    files: records,
    setAside: aside,
    folders: TOP_FOLDERS.filter((each) => folders.includes(each)),
  };
}

/** The parts of which a manifest lists files. */
export function partsOf({ files }: Pick<Manifest, "files">): Set<Part> {
  return new Set([...files.keys()].map(partOf));
}

function damaged(subject: string, found: string, cause?: unknown): FijiError {
  return new FijiError("FIJI_MANIFEST", {
    subject,
    expected: "the list of what defcon-fiji has installed",
    found,
    advice: "Move it out of the folder and install again: unchanged files then count as installed.",
    cause,
  });
}

function isModelName(value: unknown): value is string {
  return typeof value === "string" && isPortableName(value);
}

function isFileRecord(value: unknown): value is FileRecord {
  return (
    isRecord(value) &&
    typeof value.sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(value.sha256) &&
    Number.isSafeInteger(value.size)
  );
}

function isSetAside(value: unknown): value is SetAside {
  return (
    isRecord(value) &&
    typeof value.path === "string" &&
    typeof value.to === "string" &&
    isOurPlace(value.path) &&
    isNameAside(value.path, value.to)
  );
}
