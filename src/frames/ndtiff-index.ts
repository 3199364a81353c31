import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemErrorCode } from "../base/errors.js";
import type { FramePosition } from "./frame.js";
import type { TiffFile } from "./tiff-file.js";

/** What Micro-Manager's NDTiff has behind the header of a tif, and where. */
const [MAGIC, MAGIC_AT, MAGIC_BYTES] = [483_729, 8, 4];
/** The file beside the tifs of an acquisition that lists their images. */
const INDEX_NAME = "NDTiff.index";
/** Numbers of an entry behind its names: the pixels' offset comes first. */
const NUMBERS_BYTES = 32;
/** NDTiff's names of axes. */
const AXES = { channel: "channel", z: "slice", time: "time" } as const;

type Axes = Partial<Record<keyof typeof AXES, number | string>>;

/**
 * The places of an NDTiff's frames, from the index beside it.
 * The format is that of micro-manager/NDTiffStorage, version 3; its names of channels count in the
 * order in which they come first.
 * @param pixels offset of each frame's pixels
 * @returns undefined for other files, and without an index that lists all frames
 */
export async function ndTiffPositions(
  file: TiffFile,
  pixels: Float64Array,
): Promise<FramePosition[] | undefined> {
  if (file.size < MAGIC_AT + MAGIC_BYTES) return undefined;
  const magic = await file.read(MAGIC_AT, MAGIC_BYTES, "NDTiff's mark");
  if (magic.readUInt32LE(0) !== MAGIC) return undefined;
  const index = await readFile(join(dirname(file.path), INDEX_NAME)).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const axesAt = axesByOffset(index, basename(file.path));
  const axes = [...pixels].map((offset) => axesAt.get(offset));
  if (!axes.every((each) => each !== undefined)) return undefined;
  return placesOf(axes);
}

/** The axes of a file's images, by the offset of their pixels. */
function axesByOffset(index: Buffer, name: string): Map<number, Axes> {
  const found = new Map<number, Axes>();
  for (let at = 0; at + 4 <= index.length; ) {
    const [axes, afterAxes] = text(index, at);
    const [file, numbers] = text(index, afterAxes);
    if (numbers + NUMBERS_BYTES > index.length) break;
    if (file === name) {
      try {
        found.set(index.readUInt32LE(numbers), JSON.parse(axes) as Axes);
      } catch {
        // A damaged index names no places. The frames themselves are whole.
        return new Map();
      }
    }
    at = numbers + NUMBERS_BYTES;
  }
  return found;
}

/** A text behind its length, and where it ends. */
function text(index: Buffer, at: number): [string, number] {
  if (at + 4 > index.length) return ["", index.length];
  const end = at + 4 + index.readUInt32LE(at);
  return [index.toString("utf8", at + 4, end), end];
}

/** Places from 1 along each axis: in rising order of numbers, in the order of the file for names. */
function placesOf(axes: readonly Axes[]): FramePosition[] {
  const places = axes.map((): FramePosition => ({ channel: 1, slice: 1, time: 1 }));
  for (const [axis, name] of Object.entries(AXES) as [keyof typeof AXES, keyof FramePosition][]) {
    const values = [...new Set(axes.map((each) => each[axis] ?? 0))];
    if (values.every((value) => typeof value === "number")) values.sort((a, b) => a - b);
    const ranks = new Map(values.map((value, rank) => [value, rank + 1]));
    for (const [i, each] of axes.entries()) places[i]![name] = ranks.get(each[axis] ?? 0)!;
  }
  return places;
}
