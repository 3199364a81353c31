import { DefconError, messageOf } from "../../base/errors.js";
import { PIXEL_TYPES, type PixelArray } from "../frame.js";
import type { BlockDecoder } from "./block-decoder.js";
import { blocksOfPlane, type PageBlocks, PREDICTOR, rowsOfBlock } from "./tiff-blocks.js";
import { decompress, NOT_COMPRESSED } from "./tiff-compression.js";
import { damaged } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";
import { undoPredictor } from "./tiff-predictor.js";
import { bytesOfStored, invert, isPacked, isPixels, rowBytes, takeSample, unpack } from "./tiff-samples.js";
import type { PageShape } from "./tiff-shape.js";

/** A page that is read: from which file, and what it is called in messages. */
export interface PageSource {
  file: TiffFile;
  decoder: BlockDecoder;
  /** From 1. */
  page: number;
  /** Told of floats that lost digits as float32. */
  onRounded(page: number): void;
}

/**
 * Reads a page's pixels.
 * @throws InputError INPUT_TRUNCATED, INPUT_FORMAT
 */
export async function readPage(
  source: PageSource,
  shape: PageShape,
  blocks: PageBlocks,
): Promise<PixelArray> {
  const pixels = new PIXEL_TYPES[shape.pixelType].array(shape.width * shape.height);
  const simple = blocks.compression === NOT_COMPRESSED && !blocks.tiled && !blocks.lowestBitFirst;
  if (simple && shape.samples === 1 && isPixels(shape.sample)) {
    await readStrips(source, blocks, pixels);
  } else {
    await readDecoded(source, shape, blocks, pixels);
  }
  if (shape.minIsWhite) invert(pixels, shape.sample.bits);
  return pixels;
}

/** Uncompressed strips of pixels as they are. Neighbouring strips are read at once. */
async function readStrips({ file, page }: PageSource, blocks: PageBlocks, pixels: PixelArray): Promise<void> {
  const bytes = bytesOf(pixels);
  const stripBytes = blocks.width * blocks.height * pixels.BYTES_PER_ELEMENT;
  let [start, done] = [blocks.offsets[0]!, 0];
  for (let i = 1; done < bytes.length; i++) {
    const end = Math.min(bytes.length, i * stripBytes);
    if (end < bytes.length && blocks.offsets[i] === start + (end - done)) continue;
    await file.readInto(bytes.subarray(done, end), start, end - done, `the pixels of page ${page}`);
    done = end;
    start = blocks.offsets[i] ?? 0;
  }
  toNativeOrder(file, bytes, pixels.BYTES_PER_ELEMENT);
}

/** Strips or tiles that are decoded one by one and put in their places. */
async function readDecoded(
  source: PageSource,
  shape: PageShape,
  blocks: PageBlocks,
  pixels: PixelArray,
): Promise<void> {
  const inPlane = blocksOfPlane(shape, blocks);
  const first = shape.planar ? shape.channel * inPlane : 0;
  const across = Math.ceil(shape.width / blocks.width);
  const step = blocks.values;
  const subject = `${source.file.path}, page ${source.page}`;
  let rounded = false;
  for (let index = 0; index < inPlane; index++) {
    const [top, left] = [Math.floor(index / across) * blocks.height, (index % across) * blocks.width];
    const rows = Math.min(blocks.height, shape.height - top);
    const count = Math.min(blocks.width, shape.width - left);
    const values = await decodeBlock(source, shape, blocks, first + index, rows);
    for (let y = 0; y < rows; y++) {
      const from = y * blocks.width * step + (shape.planar ? 0 : shape.channel);
      const at = (top + y) * shape.width + left;
      if (takeSample(shape.sample, values, { from, step, count }, pixels, at, subject)) rounded = true;
    }
  }
  if (rounded) source.onRounded(source.page);
}

/**
 * The values of a strip or tile, as they are stored.
 * @param needed rows that it must have; the last strip may be short
 */
async function decodeBlock(
  { file, page, decoder }: PageSource,
  shape: PageShape,
  blocks: PageBlocks,
  index: number,
  needed: number,
): Promise<ArrayLike<number | bigint>> {
  const { compression, width, values, predictor } = blocks;
  const { sample } = shape;
  const what = `the pixels of page ${page}`;
  const rowLength = rowBytes(sample, width * values);
  const plain = compression === NOT_COMPRESSED;
  const length = plain ? needed * rowLength : blocks.byteCounts[index]!;
  const read = await file.read(blocks.offsets[index]!, length, what);
  const stored = new Uint8Array(read.buffer as ArrayBuffer, read.byteOffset, read.length);
  if (blocks.lowestBitFirst) mirrorBits(stored);
  const height = rowsOfBlock(shape, blocks, index % blocksOfPlane(shape, blocks));
  const decoded = await decompress(
    {
      ...{ compression, stored, width, height, samples: values, bits: sample.bits },
      // The last strip may be filled up to the height of the others.
      size: Math.max(blocks.height, blocks.filledHeight) * rowLength,
      jpegTables: blocks.jpegTables,
      lercParameters: blocks.lercParameters,
    },
    decoder,
  ).catch((error: unknown) => {
    throw damaged(file, what, "data that can be decompressed", reasonOf(error));
  });
  if (decoded.length < needed * rowLength) {
    throw damaged(file, what, `${needed * rowLength} bytes in block ${index + 1}`, `${decoded.length}`);
  }
  if (isPacked(sample)) return unpack(decoded, sample.bits, needed, width * values);
  const size = bytesOfStored(sample.stored);
  const bytes = new Uint8Array(needed * rowLength);
  bytes.set(decoded.subarray(0, bytes.length));
  // The floating-point predictor leaves this machine's byte order, whatever the file's is.
  if (plain || predictor !== PREDICTOR.floatingPoint) {
    // LERC has a byte order of its own, which is this machine's.
    if (compression !== LERC) toNativeOrder(file, bytes, size);
  }
  if (!plain) undoPredictor(predictor, bytes, size, width, values);
  return new sample.stored(bytes.buffer, bytes.byteOffset, needed * width * values);
}

/** Why a block could not be decompressed, without what the message around it says. */
function reasonOf(error: unknown): string {
  if (!(error instanceof DefconError)) return messageOf(error);
  return error.trouble.found ?? error.trouble.subject;
}

const LERC = 34_887;

/** Bytes with their bits in the other order. */
const MIRRORED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) mirrored |= 0x80 >> bit;
  return mirrored;
});

function mirrorBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = MIRRORED[bytes[i]!]!;
}

function bytesOf(pixels: PixelArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.byteLength);
}

/**
 * Swaps the bytes of a big-endian file's values in place.
 * All machines that Node.js runs on are little endian.
 */
function toNativeOrder(file: TiffFile, values: Uint8Array, size: number): void {
  if (file.littleEndian || size === 1) return;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}
