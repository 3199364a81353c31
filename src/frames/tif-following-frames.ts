import { InputError } from "../base/errors.js";
import { parseDescription } from "./imagej-description.js";
import type { OpenOptions } from "./open-options.js";
import { announcedFrames, framesOf, salvageable } from "./tif-pages.js";
import { type PageBlocks, readBlocks } from "./tiff-blocks.js";
import { NOT_COMPRESSED } from "./tiff-compression.js";
import { TAGS, type TiffDirectory } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";
import { rowBytes } from "./tiff-samples.js";
import type { PageShape } from "./tiff-shape.js";

/** Frames that follow the pixels of a file's only page. */
interface FollowingFrames {
  frames: number;
  notes: string[];
  /** Where a frame's pixels are. */
  blocksOf(index: number): PageBlocks;
}

interface OnlyPage {
  shape: PageShape;
  page: number;
  /** Its ImageDescription. */
  text: string;
  options: OpenOptions;
}

/**
 * Frames of files that have one directory for all, uncompressed and one after the other.
 * ImageJ tells their number in its description (images=), MetaMorph by its list of planes (UIC2).
 * ImageJ's description may be one of an earlier life of the file: it is heeded only where the
 * frames have room.
 * @returns undefined for a file of one frame
 * @throws InputError INPUT_TRUNCATED, INPUT_FORMAT
 */
export async function followingFrames(
  file: TiffFile,
  directory: TiffDirectory,
  { shape, page, text, options }: OnlyPage,
): Promise<FollowingFrames | undefined> {
  const planes = directory.count(TAGS.uic2);
  const images = parseDescription(text)?.images ?? 1;
  const announced = announcedFrames(directory, text);
  if (announced.length === 0) return undefined;
  const blocks = await readBlocks(file, directory, shape, page, announced);
  const frameBytes = shape.height * rowBytes(shape.sample, shape.width * shape.samples);
  const start = blocks.offsets[0]!;
  const room = Math.floor((file.size - start) / frameBytes);
  const inARow = isInARow(blocks, frameBytes);
  const moved = (index: number): PageBlocks => ({
    ...blocks,
    offsets: blocks.offsets.map((offset) => offset + index * frameBytes),
  });
  if (planes > 1) {
    const frames = announced.find((count) => count <= room) ?? Math.min(...announced);
    if (inARow && frames <= room) return { frames, notes: [], blocksOf: moved };
    const found = inARow ? `room for ${room}` : "compressed pixels, or tiles";
    const error = new InputError("INPUT_TRUNCATED", {
      subject: file.path,
      expected: `${frames} planes one after the other, as MetaMorph's tag UIC2 says`,
      found,
      advice: "The file is cut off; copy or save it again.",
    });
    if (!inARow || room < 1) throw error;
    return cutOff(error, room, options, moved);
  }
  const doubt = !inARow
    ? "its pixels are compressed or in tiles"
    : directory.hasPartsWithin(start + frameBytes, start + images * frameBytes)
      ? "other parts of the file lie where the second would be"
      : file.size - start < 2 * frameBytes && (file.size - start) % frameBytes === 0
        ? "the file ends after the first"
        : undefined;
  if (doubt !== undefined) {
    const notes = [`1 frame: ImageJ's description says images=${images}, but ${doubt}`];
    return { frames: 1, notes, blocksOf: moved };
  }
  if (images <= room) return { frames: images, notes: [], blocksOf: moved };
  const error = new InputError("INPUT_TRUNCATED", {
    subject: file.path,
    expected: `${images} frames of ${frameBytes} bytes up to byte ${start + images * frameBytes}, as images= in ImageJ's description says`,
    found: `the end of the file at ${file.size}`,
    advice: "The file is cut off; copy or save it again.",
  });
  return cutOff(error, room, options, moved);
}

function cutOff(
  error: InputError,
  room: number,
  { salvage }: OpenOptions,
  blocksOf: FollowingFrames["blocksOf"],
): FollowingFrames {
  if (!salvage) throw salvageable(error, room);
  return { frames: room, notes: [`cut off after ${framesOf(room)}: ${error.finding}`], blocksOf };
}

/** Whether a page's strips are uncompressed and follow one another. */
function isInARow({ compression, tiled, offsets, byteCounts }: PageBlocks, frameBytes: number): boolean {
  if (compression !== NOT_COMPRESSED || tiled) return false;
  if (offsets.length === 1) return true;
  const last = offsets.length - 1;
  const inOrder = offsets.every((offset, i) => i === 0 || offset === offsets[i - 1]! + byteCounts[i - 1]!);
  return inOrder && offsets[last]! + byteCounts[last]! - offsets[0]! === frameBytes;
}
