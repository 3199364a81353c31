import { InputError } from "../../base/errors.js";
import { LIMITS } from "../../base/limits.js";
import {
  canDecompress,
  compressionName,
  isForeign,
  isGreyOnly,
  NOT_COMPRESSED,
  READ_COMPRESSIONS,
} from "./tiff-compression.js";
import { damaged, TAGS, type TiffDirectory } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";
import { isPacked, rowBytes } from "./tiff-samples.js";
import { type PageShape, rewriteAdvice } from "./tiff-shape.js";

/** TIFF's numbers of the ways in which values are stored as differences. */
export const PREDICTOR = { none: 1, horizontal: 2, floatingPoint: 3 } as const;
/** TIFF's number for bytes whose lowest bit comes first. */
const LOWEST_BIT_FIRST = 2;
/** Bytes that may fill up a strip, so that the next one begins at a round place. */
const PADDING = 7;

/** Rows that RowsPerStrip may exceed twice the image by. Many programs write the largest number. */
const SPARE_ROWS = 64;

/** How a page's pixels are stored, in strips or tiles. */
export interface PageBlocks {
  tiled: boolean;
  offsets: number[];
  /** Stored bytes of each. Those that a file leaves out follow from the size of a strip. */
  byteCounts: number[];
  /** Sides of a strip or tile, pixels. The last strip may be lower. */
  width: number;
  height: number;
  /** Rows that a strip may have when it is filled up to RowsPerStrip. */
  filledHeight: number;
  /** Values a pixel that lie side by side in a strip or tile. */
  values: number;
  compression: number;
  predictor: number;
  lowestBitFirst: boolean;
  jpegTables: number[];
  lercParameters: number[];
}

/**
 * Reads where a page's pixels are, and checks that they are all there.
 * @param frames numbers of images that may follow one another in the page's strip
 * @throws InputError INPUT_FORMAT, INPUT_TRUNCATED
 */
export async function readBlocks(
  file: TiffFile,
  directory: TiffDirectory,
  shape: PageShape,
  page: number,
  frames: readonly number[] = [],
): Promise<PageBlocks> {
  // Some programs list tiles under the tags of strips.
  const tiled = directory.has(TAGS.tileWidth) || directory.has(TAGS.tileOffsets);
  const offsetTag = directory.has(TAGS.tileOffsets) ? TAGS.tileOffsets : TAGS.stripOffsets;
  const countTag = directory.has(TAGS.tileByteCounts) ? TAGS.tileByteCounts : TAGS.stripByteCounts;
  // RowsPerStrip 0 is written for a single strip.
  const rows = (await directory.number(TAGS.rowsPerStrip, 0)) || shape.height;
  const blocks: PageBlocks = {
    tiled,
    offsets: await directory.numbers(offsetTag),
    byteCounts: await directory.numbers(countTag),
    width: tiled ? await directory.number(TAGS.tileWidth, 0) : shape.width,
    height: tiled ? await directory.number(TAGS.tileHeight, 0) : Math.min(shape.height, rows),
    filledHeight: tiled ? 0 : Math.min(rows, 2 * shape.height + SPARE_ROWS),
    values: shape.planar ? 1 : shape.samples,
    compression: await directory.number(TAGS.compression, NOT_COMPRESSED),
    predictor: await directory.number(TAGS.predictor, PREDICTOR.none),
    lowestBitFirst: (await directory.number(TAGS.fillOrder, 1)) === LOWEST_BIT_FIRST,
    jpegTables: await directory.numbers(TAGS.jpegTables),
    lercParameters: await directory.numbers(TAGS.lercParameters),
  };
  checkCoding(file, shape, blocks, page);
  checkPlaces(file, shape, blocks, page, frames);
  return blocks;
}

/** Rows of pixels in a strip or tile. @param index of it, within one plane */
export function rowsOfBlock(shape: PageShape, { tiled, height, width }: PageBlocks, index: number): number {
  if (tiled) return height;
  const across = Math.ceil(shape.width / width);
  return Math.min(height, shape.height - Math.floor(index / across) * height);
}

/** Number of strips or tiles of one plane. */
export function blocksOfPlane(shape: PageShape, { width, height }: PageBlocks): number {
  return Math.ceil(shape.width / width) * Math.ceil(shape.height / height);
}

/** @throws InputError INPUT_FORMAT for a compression or predictor that cannot be undone */
function checkCoding(file: TiffFile, shape: PageShape, blocks: PageBlocks, page: number): void {
  const { compression, predictor } = blocks;
  const { samples, channel, planar } = shape;
  // Which of several values is read was said already.
  const chosen = samples > 1 ? `[..., ${channel}${planar ? ", :, :" : ""}]` : "";
  const refuse = (expected: string, found: string) =>
    new InputError("INPUT_FORMAT", {
      subject: `${file.path}, page ${page}`,
      ...{ expected, found, advice: rewriteAdvice(file.path, 1, (read) => read + chosen) },
    });
  if (!canDecompress(compression)) throw refuse(READ_COMPRESSIONS, compressionName(compression));
  if (blocks.values > 1 && isGreyOnly(compression)) {
    throw refuse("one value a pixel", `${blocks.values} in ${compressionName(compression)}`);
  }
  if (blocks.lowestBitFirst && isForeign(compression)) {
    throw refuse("FillOrder 1", `FillOrder 2 with ${compressionName(compression)}`);
  }
  const float = shape.sample.pixelType === "float32" && !shape.sample.rounds;
  const known = Object.values<number>(PREDICTOR).includes(predictor);
  const undoable =
    predictor === PREDICTOR.none ||
    (known &&
      compression !== NOT_COMPRESSED &&
      !isPacked(shape.sample) &&
      (predictor !== 3 || float || shape.sample.bits === 64));
  // Files without compression carry the tag too. libtiff does not heed it there.
  if (undoable || (known && compression === NOT_COMPRESSED)) return;
  throw refuse("Predictor 1, 2 or 3", `Predictor ${predictor} of ${shape.sample.bits}-bit values`);
}

/** @throws InputError INPUT_FORMAT, INPUT_TRUNCATED */
function checkPlaces(
  file: TiffFile,
  shape: PageShape,
  blocks: PageBlocks,
  page: number,
  frames: readonly number[],
): void {
  const { width, height, offsets, byteCounts, compression, tiled } = blocks;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1;
  const planes = shape.planar ? shape.samples : 1;
  const count = whole ? planes * blocksOfPlane(shape, blocks) : 0;
  const kind = tiled ? "tile" : "strip";
  if (!whole || width * height > LIMITS.maxFramePixels || offsets.length < count) {
    const found = `${offsets.length} of ${width} x ${height} pixels`;
    throw damaged(file, `page ${page}`, `${count} ${kind}s with their places and sizes`, found);
  }
  const plain = compression === NOT_COMPRESSED;
  const guessed = byteCounts.length === 0 || (count === 1 && byteCounts[0] === 0 && offsets[0] !== 0);
  if (guessed && plain) blocks.byteCounts = sizes(shape, blocks, count);
  for (let i = 0; i < count; i++) {
    const [offset, bytes] = [offsets[i]!, blocks.byteCounts[i] ?? 0];
    const what = `page ${page}, ${kind} ${i + 1}`;
    const isPlace = Number.isInteger(offset) && Number.isInteger(bytes) && offset !== 0 && bytes !== 0;
    if (!isPlace) {
      throw damaged(file, what, "the place of its pixels", `offset ${offset}, ${bytes} bytes`);
    }
    if (plain) checkByteCount(file, shape, blocks, what, i, frames);
    const needed = plain ? sizeOf(shape, blocks, i) : bytes;
    file.checkWithin(offset, needed, `the pixels of page ${page}`);
  }
}

/** Bytes of a strip or tile that is not compressed. */
function sizeOf(shape: PageShape, blocks: PageBlocks, index: number): number {
  const rows = rowsOfBlock(shape, blocks, index % blocksOfPlane(shape, blocks));
  return rows * rowBytes(shape.sample, blocks.width * blocks.values);
}

function sizes(shape: PageShape, blocks: PageBlocks, count: number): number[] {
  return Array.from({ length: count }, (_, i) => sizeOf(shape, blocks, i));
}

/**
 * Refuses pixels whose number of bytes is not what their type takes.
 * The last strip may be as high as the others, and a first strip may tell the bytes of all images
 * that follow it.
 * @throws InputError INPUT_FORMAT
 */
function checkByteCount(
  file: TiffFile,
  shape: PageShape,
  blocks: PageBlocks,
  what: string,
  index: number,
  frames: readonly number[],
): void {
  const found = blocks.byteCounts[index]!;
  const needed = sizeOf(shape, blocks, index);
  const full = blocks.filledHeight * rowBytes(shape.sample, blocks.width * blocks.values);
  const fits = [needed, full].some((size) => found >= size && found <= size + PADDING);
  if (fits || frames.some((count) => found === count * needed)) return;
  const name = blocks.tiled ? "TileByteCounts" : "StripByteCounts";
  throw new InputError("INPUT_FORMAT", {
    subject: `${file.path}, ${what}`,
    expected: `${name} ${needed}, for its pixels of ${shape.samples} x ${shape.sample.bits} bits`,
    found: `${found}`,
    advice: "The file's tags contradict each other. Export it again from the program that made it.",
  });
}
