import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AbsolutePath, DataType, Group, Location, Array as ZarrArray } from "zarrita";
import { DefconError, InputError, messageOf, notReadable } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import type { Calibration, PixelArray, StackInfo } from "./frame.js";
import { checkFrameSize } from "./frame-size.js";
import { framesShape, toPixels } from "./nd-array.js";
import { wrongFile } from "./random-file.js";
import { sourceParts } from "./source-parts.js";
import { type StackReader, stackReader } from "./stack-reader.js";
import { boundCodecs } from "./zarr-codecs.js";
import { ZarrFrames } from "./zarr-frames.js";
import { omeAttributes, type ZarrAxis, zarrImage } from "./zarr-image.js";
import { LocalZarrStore } from "./zarr-store.js";

type Zarrita = typeof import("zarrita");
type Store = LocalZarrStore;
type Node = ZarrArray<DataType, Store> | Group<Store>;

/** Axes that frames are numbered by, the one that changes fastest first, as in ImageJ. */
const FRAME_AXES = ["c", "z", "t"] as const;
/** Most names that a message lists. */
const LISTED = 20;

/** An array with its axes; plain arrays (N,H,W) have none. */
interface FoundArray {
  array: ZarrArray<DataType, Store>;
  axes?: ZarrAxis[];
  calibration: Calibration;
}

/**
 * Opens an image of OME-Zarr (0.4, 0.5), or an array of Zarr (2, 3), in a folder on this machine.
 * Frames are read chunk by chunk. The largest copy of an image is read; its channels, slices and
 * times are frames, in ImageJ's order. A plain array is (H,W), (N,H,W) or (N,H,W,1).
 * @param source FOLDER.zarr, or FOLDER.zarr/PATH for an image or array inside
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE,
 * INPUT_PIXEL_VALUE, INPUT_SIZE, INPUT_OPTION where the folder holds several images
 */
export async function openZarrStack(source: string): Promise<StackReader> {
  const { info, readFrame } = await openZarrRecording(source);
  return stackReader(source, info, (index) => readFrame(index));
}

/** An array with its frames, opened once: what is written later is not known here. */
export interface ZarrRecording {
  info: StackInfo;
  frames: ZarrFrames;
  /** Pixels of a frame. @throws as {@link ZarrFrames.read}, and InputError for numbers too large */
  readFrame(index: number, needsAll?: boolean): Promise<PixelArray>;
  /** Whether a file has the pixels of several frames. */
  severalAFile: boolean;
}

/** Opens what {@link openZarrStack} reads. @throws as that */
export async function openZarrRecording(source: string): Promise<ZarrRecording> {
  const { path, array: inside = "" } = sourceParts(source);
  const status = await stat(path).catch((cause: unknown) => {
    throw notReadable(path, "a folder of OME-Zarr", cause);
  });
  if (!status.isDirectory()) {
    throw wrongFile(path, "a folder of OME-Zarr", "a file", "Unpack it into a folder, and name that.");
  }
  const zarrita = await loadZarrita();
  try {
    const store = new LocalZarrStore(path);
    const found = await findArray(
      zarrita,
      zarrita.root(store).resolve(inside.replaceAll("\\", "/")),
      source,
      path,
    );
    return await recordingOf(source, store, found);
  } catch (cause) {
    throw asInputError(source, cause);
  }
}

let loaded: Promise<Zarrita> | undefined;

/** Loads the library once, with bounds on what its codecs unpack. */
function loadZarrita(): Promise<Zarrita> {
  loaded ??= import("zarrita").then((zarrita) => {
    boundCodecs(zarrita.registry);
    return zarrita;
  });
  return loaded;
}

async function findArray(
  zarrita: Zarrita,
  location: Location<Store>,
  source: string,
  path: string,
): Promise<FoundArray> {
  const node = await zarrita.open(location).catch((cause: unknown) => {
    if (!zarrita.isZarritaError(cause, "NotFoundError")) throw cause;
    throw new InputError("INPUT_NOT_FOUND", {
      subject: source,
      expected: "an image or array of Zarr: zarr.json, .zgroup or .zarray",
      found: "none of them",
      advice: "Name the folder that holds one of these.",
      cause,
    });
  });
  if (isArray(node)) return arrayWithAxes(zarrita, node);
  const image = zarrImage(node.attrs);
  if (image) {
    const array = await zarrita.open(node.resolve(image.path), { kind: "array" });
    return { array, axes: image.axes, calibration: image.calibration };
  }
  const inside = await imagesInside(node, path);
  const [only] = inside;
  if (inside.length === 1) return findArray(zarrita, node.resolve(only!), source, path);
  throw severalImages(source, node.attrs, inside);
}

/** An array that was named itself: its axes are those of the image it belongs to, or its own. */
async function arrayWithAxes(zarrita: Zarrita, array: ZarrArray<DataType, Store>): Promise<FoundArray> {
  const name = array.path.split("/").at(-1);
  const parent = await zarrita.open(array.resolve(".."), { kind: "group" }).catch(() => undefined);
  const image = parent && zarrImage(parent.attrs);
  if (image && image.path === name) return { array, axes: image.axes, calibration: image.calibration };
  const names = array.dimensionNames;
  const own = names && isImage(names.map((name) => ({ name }))) ? names.map((name) => ({ name })) : undefined;
  return { array, ...(own && { axes: own }), calibration: {} };
}

/** Names of the images and arrays right inside a group. */
async function imagesInside(group: Group<Store>, root: string): Promise<string[]> {
  const folder = join(root, group.path);
  const entries = await readdir(folder, { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === "OME") continue;
    const files = await readdir(join(folder, entry.name));
    if (files.some((file) => ["zarr.json", ".zgroup", ".zarray"].includes(file))) names.push(entry.name);
  }
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function severalImages(source: string, attributes: Record<string, unknown>, inside: string[]): InputError {
  const plate = "plate" in omeAttributes(attributes);
  const listed = inside.slice(0, LISTED).join(", ");
  return new InputError("INPUT_OPTION", {
    subject: source,
    expected: "one image, or an array of frames",
    found: inside.length === 0 ? "none" : `${plate ? "a plate with the rows" : "a group with"} ${listed}`,
    advice: `Name one of those inside: ${source.replace(/[\\/]+$/, "")}/${plate ? "A/1/0" : (inside[0] ?? "0")}`,
  });
}

async function recordingOf(
  source: string,
  store: Store,
  { array, axes, calibration }: FoundArray,
): Promise<ZarrRecording> {
  const { shape } = array;
  const numbers = ZarrFrames.numbersOf(array.dtype);
  if (!numbers) {
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject: source,
      expected: "an array of booleans, integers, float32 or float64",
      found: String(array.dtype),
      advice: "Save it as one of these types.",
    });
  }
  checkShape(source, array);
  const sizes = axes ? sizesOf(source, axes, shape) : undefined;
  const { frames, height, width } = sizes ?? framesShape(source, shape);
  checkFrameSize(source, width, height);
  const names = axes?.map(({ name }) => name) ?? ["n", "y", "x", "n"].slice(shape.length === 2 ? 1 : 0);
  const order = axes ? FRAME_AXES : (["n"] as const);
  const frameAxes = order.map((name) => names.indexOf(name)).filter((at) => at >= 0);
  const reader = new ZarrFrames(source, array, numbers, {
    ...{ width, height, x: names.indexOf("x"), y: names.indexOf("y") },
    frameAxes,
  });
  const info: StackInfo = {
    ...{ width, height, frames, pixelType: numbers.pixels, calibration },
    ...(sizes && frames > 1 && { layout: sizes.layout }),
  };
  const fileSides = await sidesOfFiles(store, array);
  return {
    info,
    frames: reader,
    severalAFile: frameAxes.some((axis) => fileSides[axis]! > 1),
    readFrame: async (index, needsAll = false) => {
      const values = await reader.read(index, needsAll).catch((cause: unknown) => {
        throw asInputError(`${source}, frame ${index + 1}`, cause);
      });
      return toPixels(values, `${source}, frame ${index + 1}`);
    },
  };
}

/** The part of an array that a file has: a chunk, or a shard, which Zarr 3 calls the grid's chunk. */
async function sidesOfFiles(store: Store, array: ZarrArray<DataType, Store>): Promise<readonly number[]> {
  const bytes = await store.get(`${array.path === "/" ? "" : array.path}/zarr.json` as AbsolutePath);
  if (!bytes) return array.chunks;
  const metadata = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
    chunk_grid: { configuration: { chunk_shape: number[] } };
  };
  return metadata.chunk_grid.configuration.chunk_shape;
}

/**
 * @throws InputError INPUT_FORMAT, INPUT_SIZE for sizes that no array has, or chunks too large;
 * INPUT_TRUNCATED for an array whose frames are still to come
 */
function checkShape(source: string, { shape, chunks, dtype }: ZarrArray<DataType, Store>): void {
  if (shape.length > 2 && shape.includes(0)) {
    throw new InputError("INPUT_TRUNCATED", {
      subject: source,
      expected: "an array with frames",
      found: `a size of (${shape.join(", ")})`,
      advice: "The recording has not begun, or lost its metadata; copy it again.",
    });
  }
  const sides = [shape, chunks].every(
    (list) => Array.isArray(list) && list.every((side) => Number.isSafeInteger(side) && side > 0),
  );
  if (!sides || chunks.length !== shape.length) {
    throw wrongFile(source, "sides of array and chunks above 0", `(${shape}) in chunks of (${chunks})`);
  }
  const bytes = chunks.reduce((product, side) => product * side, ZarrFrames.numbersOf(dtype)!.bytes);
  if (bytes <= LIMITS.maxChunkBytes) return;
  throw new InputError("INPUT_SIZE", {
    subject: source,
    expected: `chunks of at most ${LIMITS.maxChunkBytes} bytes, which are read as a whole`,
    found: `(${chunks.join(", ")}), ${bytes} bytes`,
    advice: "Write it with smaller chunks, such as one for each frame.",
  });
}

function isImage(axes: readonly ZarrAxis[]): boolean {
  return axes.length >= 2 && axes.at(-2)!.name === "y" && axes.at(-1)!.name === "x";
}

/** Frames and their arrangement, from axes and sizes. @throws InputError INPUT_SIZE, INPUT_FORMAT */
function sizesOf(source: string, axes: ZarrAxis[], shape: readonly number[]) {
  const names = axes.map(({ name }) => name);
  if (names.length !== shape.length || !isImage(axes) || new Set(names).size !== names.length) {
    throw wrongFile(source, `axes for (${shape.join(", ")}) that end with y, x`, names.join(", "));
  }
  const other = names.find((name, i) => !["t", "c", "z", "y", "x"].includes(name) && shape[i] !== 1);
  if (other !== undefined) {
    throw wrongFile(
      source,
      "the axes t, c, z, y, x",
      `an axis ${other}`,
      "Save one place of that axis by itself.",
    );
  }
  const size = (name: string) => shape[names.indexOf(name)] ?? 1;
  const layout = { channels: size("c"), slices: size("z"), timePoints: size("t") };
  const frames = layout.channels * layout.slices * layout.timePoints;
  return { frames, height: size("y"), width: size("x"), layout };
}

function isArray(node: Node): node is ZarrArray<DataType, Store> {
  return node.kind === "array";
}

/** What went wrong inside the library, as the error of a damaged or unknown file. */
export function asInputError(subject: string, cause: unknown): InputError {
  if (cause instanceof DefconError) return cause;
  const inner = cause instanceof Error && cause.cause !== undefined ? `: ${messageOf(cause.cause)}` : "";
  return new InputError("INPUT_FORMAT", {
    subject,
    expected: "an image or array of Zarr that can be read",
    found: `${messageOf(cause)}${inner}`.split("\n")[0]!,
    advice: "The folder is damaged, or written in a way that is not read; copy it again, or save it as tif.",
    cause,
  });
}
