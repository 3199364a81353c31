import { basename, dirname, join } from "node:path";
import { readRegularFile } from "../../base/regular-file.js";
import type { FramePosition } from "../frame.js";
import { NDTIFF_INDEX, parseNdTiffEntry } from "../ndtiff-index.js";
import type { TiffFile } from "./tiff-file.js";

/** What Micro-Manager's NDTiff has behind the header of a tif, and where. */
const [MAGIC, MAGIC_AT, MAGIC_BYTES] = [483_729, 8, 4];
/** Longest index that is read: some millions of images. A longer one names no places. */
const MOST_INDEX_BYTES = 1 << 30;
/** NDTiff's names of axes. */
const AXES = { channel: "channel", z: "slice", time: "time" } as const;

type Axes = Partial<Record<keyof typeof AXES, number | string>>;

/**
 * The places of an NDTiff's frames, from the index beside it.
 * Names of channels count in the order in which they come first.
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
  const index = await readRegularFile(join(dirname(file.path), NDTIFF_INDEX), MOST_INDEX_BYTES).catch(() =>
    Buffer.alloc(0),
  );
  const axesAt = axesByOffset(index, basename(file.path));
  const axes = [...pixels].map((offset) => axesAt.get(offset));
  if (!axes.every((each) => each !== undefined)) return undefined;
  return placesOf(axes);
}

/** The axes of a file's images, by the offset of their pixels. */
function axesByOffset(index: Buffer, name: string): Map<number, Axes> {
  const found = new Map<number, Axes>();
  let entry = parseNdTiffEntry(index, 0);
  while (entry) {
    if (entry.file === name) {
      try {
        found.set(entry.offset, JSON.parse(entry.axes) as Axes);
      } catch {
        // A damaged index names no places. The frames themselves are whole.
        return new Map();
      }
    }
    entry = parseNdTiffEntry(index, entry.end);
  }
  return found;
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
