import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { writeFolderAtomically } from "../base/atomic-folder.js";
import { DefconError, InputError, ModelFormatError, notReadable } from "../base/errors.js";
import { ownEntries, pathsBelow } from "../base/folder-paths.js";
import { FILE_LIMITS } from "../base/limits.js";
import { type FileKind, OutputPlace } from "../base/output-place.js";
import { openFile } from "../base/regular-file.js";
import type { Model } from "../model/weights.js";
import { bioimageio } from "./bioimageio.js";
import type { ExportOptions, ModelFiles, ModelFormat } from "./format.js";
import { kerasArchive } from "./keras-archive.js";
import { kerasH5 } from "./keras-h5.js";
import { onnx } from "./onnx.js";
import { savedModel } from "./saved-model/saved-model.js";
import { triton } from "./triton.js";

/** All formats, those with a signature first. */
export const FORMATS: readonly ModelFormat[] = [
  ...[kerasH5, kerasArchive, bioimageio, onnx, savedModel, triton],
];

/** The formats that models are written in. */
export const WRITTEN_FORMATS: readonly ModelFormat[] = FORMATS.filter(({ encode }) => encode);

/** The format that this program keeps models in. */
export const NATIVE_FORMAT = onnx;

/** File name endings of all formats that can be read. */
export const MODEL_EXTENSIONS: readonly string[] = FORMATS.filter(({ read }) => read).flatMap(
  ({ extensions }) => extensions,
);

/**
 * Reads a model of any known format.
 * The first bytes of a file tell its format, or its name where bytes cannot tell. What lies in a
 * folder tells the folder's format.
 * @throws InputError INPUT_NOT_FOUND, ModelFormatError
 */
export async function readModel(path: string): Promise<Model> {
  const { found, format } = await formatOf(path);
  if (format?.read) return format.read(path);
  throw new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: `a model (${FORMATS.filter(({ read }) => read)
      .map(({ title, extensions }) => [title, ...extensions.slice(0, 1)].join(" "))
      .join(", ")})`,
    found: format ? `${format.title}, which is only written` : describe(found),
    advice: adviceFor(found),
  });
}

/**
 * Reads a model of a format that is read in a thread of its own; undefined for other formats.
 * A thread that others wait for must not read such a file itself: a damaged one may take its reader
 * until a time limit.
 * @throws as {@link readModel}
 */
export async function readDoubtfulModel(path: string): Promise<Model | undefined> {
  const { format } = await formatOf(path);
  return format?.readsApart ? format.read?.(path) : undefined;
}

/**
 * Reads a model, or the segmentation half of one, as the original keeps it after its first stage.
 * @throws as {@link readModel}
 */
export async function readModelOrHalf(path: string): Promise<Pick<Model, "architecture" | "weights">> {
  const { format } = await formatOf(path);
  return (await format?.readHalf?.(path)) ?? readModel(path);
}

async function formatOf(path: string): Promise<{ found: Found; format: ModelFormat | undefined }> {
  const found = await look(path);
  return { found, format: found.folder ? formatOfFolder(found.paths) : formatOfFile(path, found) };
}

/**
 * The files of a model in a format.
 * @throws InputError INPUT_OPTION for an option or a network that the format cannot hold
 */
export async function encodeModel(
  model: Model,
  format: ModelFormat,
  options: ExportOptions = {},
): Promise<ModelFiles> {
  for (const name of Object.keys(options) as (keyof ExportOptions)[]) {
    if (options[name] === undefined || format.exportOptions.includes(name)) continue;
    throw new InputError("INPUT_OPTION", {
      subject: `--${name} ${options[name]}`,
      expected: format.exportOptions.length
        ? `only ${format.exportOptions.map((each) => `--${each}`).join(", ")} with the format ${format.id}`
        : `no such option with the format ${format.id}`,
      advice: `These formats have this option: ${FORMATS.filter((each) => each.exportOptions.includes(name))
        .map(({ id }) => id)
        .join(", ")}.`,
    });
  }
  if (format.holds?.(model.architecture) === false) {
    const others = FORMATS.filter(({ encode, holds }) => encode && holds?.(model.architecture) !== false);
    throw new InputError("INPUT_OPTION", {
      subject: `format ${format.id}`,
      expected: "a network that this format can hold",
      found: `${model.architecture.name}, a ${model.architecture.description}`,
      advice: `These formats can: ${others.map(({ id }) => id).join(", ")}.`,
    });
  }
  if (!format.encode) throw new RangeError(`the format ${format.id} is not written`);
  return format.encode(model, options);
}

/**
 * Writes a model where the user wants it, whole or not at all.
 * @param force whether a model of the same format may be replaced, or the place of a model that was
 * looked at before
 * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS, INPUT_OPTION
 */
export async function writeModel(
  path: string,
  model: Model,
  format: ModelFormat = NATIVE_FORMAT,
  options: ExportOptions = {},
  force: boolean | OutputPlace = false,
): Promise<void> {
  const files = await encodeModel(model, format, options);
  if (format.layout === "file") {
    const replaces = force instanceof OutputPlace ? force : { kind: modelKind(format), force };
    await writeFileAtomically(path, files.get("")!, { replaces });
  } else {
    await writeFolderAtomically(path, files, {
      title: title(format),
      isOne: (paths) => (format.isWholeFolder ?? format.recognisesFolder)?.(paths) ?? false,
      force: force === true,
    });
  }
}

/** The kind of files that hold a model of a format. */
export function modelKind(format: ModelFormat): FileKind {
  return { title: title(format), isOne: (path) => isModelOf(format, path) };
}

function title(format: ModelFormat): string {
  return `a model of the format ${format.id}`;
}

async function isModelOf(format: ModelFormat, path: string): Promise<boolean> {
  try {
    await format.read?.(path);
    return format.read !== undefined;
  } catch (error) {
    // A network that is unknown here is a model all the same.
    return format === onnx && error instanceof ModelFormatError && error.code === "MODEL_ARCHITECTURE";
  }
}

type Found = { folder: true; paths: string[] } | FoundFile;

interface FoundFile {
  folder: false;
  head: Uint8Array;
  /** The files of a zip archive. */
  names?: readonly string[];
}

/** The first bytes of every zip archive that is not empty. */
const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04] as const;

async function look(path: string): Promise<Found> {
  const found = await headOf(path);
  if (found.folder || !ZIP_SIGNATURE.every((byte, i) => found.head[i] === byte)) return found;
  // Loaded when it is needed: otherwise every start of the program would wait for it.
  const { readModelArchive } = await import("./zip.js");
  return { ...found, names: [...(await readModelArchive(path)).keys()] };
}

async function headOf(path: string): Promise<Found> {
  try {
    if ((await stat(path)).isDirectory()) return { folder: true, paths: await pathsBelow(path) };
    const handle = await openFile(path, "a model");
    try {
      const { size } = await handle.stat();
      if (size > FILE_LIMITS.maxModelBytes) throw largeModel(path, size);
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
      return { folder: false, head: buffer.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof DefconError ? cause : notReadable(path, "a model", cause);
  }
}

function largeModel(path: string, size: number): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: `a model of at most ${FILE_LIMITS.maxModelBytes} bytes`,
    found: `${size} bytes`,
  });
}

function formatOfFolder(paths: readonly string[]): ModelFormat | undefined {
  return FORMATS.find((format) => format.recognisesFolder?.(paths));
}

function formatOfFile(path: string, { head, names }: FoundFile): ModelFormat | undefined {
  if (names) return FORMATS.find((format) => format.recognisesArchive?.(names));
  const files = FORMATS.filter(({ layout }) => layout === "file");
  return (
    files.find((format) => format.recognises?.(head)) ??
    files.find(
      (format) =>
        format.recognises?.(head) === undefined && format.extensions.includes(extname(path).toLowerCase()),
    )
  );
}

/** @param found something that is no model */
function adviceFor(found: Found): string {
  const packed = !found.folder && found.names && formatOfFolder(withFolders(found.names));
  return packed
    ? `It holds a ${packed.title}: unpack it, and give the path of the folder.`
    : "Give the path of a model, or the name of an installed one.";
}

/** Paths of files, and of the folders that they are in. */
function withFolders(names: readonly string[]): string[] {
  const folders = names.flatMap((name) =>
    name
      .split("/")
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join("/")),
  );
  return [...new Set([...folders, ...names])].sort();
}

function describe(found: Found): string {
  if (found.folder)
    return `a folder with ${ownEntries(found.paths).slice(0, 6).join(", ") || "nothing"} in it`;
  if (found.names) return `a zip archive with ${found.names.slice(0, 6).join(", ") || "nothing"} in it`;
  return found.head.length === 0
    ? "an empty file"
    : `bytes ${Buffer.from(found.head).toString("hex")} at its start`;
}
