import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { InputError, messageOf } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import { PIXEL_TYPES, type PixelArray, type PixelType } from "./frame.js";
import { decodeLzw, decodePackBits } from "./tiff-codecs.js";
import { damaged, TAGS, type TiffDirectory } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";

/** TIFF's numbers of the compressions that can be read. */
const COMPRESSION = { none: 1, lzw: 5, deflate: 8, packbits: 32773, oldDeflate: 32946 } as const;
const COMPRESSION_NAMES: Record<number, string> = {
  2: "CCITT",
  6: "JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  50000: "Zstandard",
};
const PREDICTOR = { none: 1, horizontal: 2, floatingPoint: 3 } as const;
const RGB_OR_PALETTE = [2, 3];

/** What all pages of a stack have in common. */
export interface PageShape {
  width: number;
  height: number;
  pixelType: PixelType;
}

/** How a page's pixels are stored. */
interface PageData {
  offsets: number[];
  byteCounts: number[];
  /** Sides of a strip or tile, pixels. */
  blockWidth: number;
  blockHeight: number;
  compression: number;
  predictor: number;
}

/** @throws InputError INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_FORMAT */
export async function readShape(file: TiffFile, directory: TiffDirectory, page: number): Promise<PageShape> {
  const width = await directory.number(TAGS.width, 0);
  const height = await directory.number(TAGS.height, 0);
  if (
    !Number.isInteger(width) ||
    !Number.isInteger(height) ||
    width < 1 ||
    height < 1 ||
    Math.max(width, height) > LIMITS.maxFrameSide ||
    width * height > LIMITS.maxFramePixels
  ) {
    throw new InputError("INPUT_SIZE", {
      subject: `${file.path}, page ${page}`,
      expected: `1 to ${LIMITS.maxFrameSide} pixels a side and at most ${LIMITS.maxFramePixels} in all`,
      found: `${width} x ${height}`,
      advice: "Crop the stack.",
    });
  }
  return { width, height, pixelType: await readPixelType(file, directory, page) };
}

async function readPixelType(file: TiffFile, directory: TiffDirectory, page: number): Promise<PixelType> {
  const bits = await directory.number(TAGS.bitsPerSample, 1);
  const format = await directory.number(TAGS.sampleFormat, 1);
  const samples = await directory.number(TAGS.samplesPerPixel, 1);
  const colours = RGB_OR_PALETTE.includes(await directory.number(TAGS.photometric, 1));
  if (samples === 1 && !(colours && bits !== 8)) {
    // ImageJ writes 8-bit frames with a colour table as palette images; their pixels are the
    // camera's.
    if (format === 1 && bits === 8) return "uint8";
    if (format === 1 && bits === 16) return "uint16";
    if (format === 3 && bits === 32) return "float32";
  }
  const kinds: Record<number, string> = { 1: "unsigned", 2: "signed", 3: "floating-point" };
  throw new InputError("INPUT_PIXEL_TYPE", {
    subject: `${file.path}, page ${page}`,
    expected: "one channel of 8- or 16-bit unsigned or 32-bit floating-point pixels",
    found: `${samples} x ${bits}-bit ${kinds[format] ?? `format ${format}`}`,
    advice: "Convert the stack, in Fiji: Image > Type > 16-bit.",
  });
}

/**
 * Reads a page's pixels.
 * @throws InputError INPUT_TRUNCATED, INPUT_FORMAT
 */
export async function readPage(
  file: TiffFile,
  directory: TiffDirectory,
  shape: PageShape,
  page: number,
): Promise<PixelArray> {
  const data = await readData(file, directory, shape, page);
  const pixels = new PIXEL_TYPES[shape.pixelType].array(shape.width * shape.height);
  const whole = data.blockWidth === shape.width;
  if (data.compression === COMPRESSION.none && whole) {
    await readStrips(file, data, pixels, page);
  } else {
    await readBlocks(file, data, shape, pixels, page);
  }
  return pixels;
}

/**
 * Reads pixels that are stored as they are, one after the other.
 * @throws InputError INPUT_TRUNCATED
 */
export async function readContiguous(
  file: TiffFile,
  offset: number,
  pixels: PixelArray,
  page: number,
): Promise<void> {
  const bytes = bytesOf(pixels);
  await file.readInto(bytes, offset, bytes.length, `the pixels of page ${page}`);
  toNativeOrder(file, pixels);
}

async function readData(
  file: TiffFile,
  directory: TiffDirectory,
  shape: PageShape,
  page: number,
): Promise<PageData> {
  const tiled = directory.has(TAGS.tileOffsets);
  const compression = await directory.number(TAGS.compression, COMPRESSION.none);
  if (!Object.values<number>(COMPRESSION).includes(compression)) {
    throw new InputError("INPUT_FORMAT", {
      subject: `${file.path}, page ${page}`,
      expected: "no compression, LZW, Deflate or PackBits",
      found: COMPRESSION_NAMES[compression] ?? `compression ${compression}`,
      advice: "Save it without compression, in Fiji: File > Save As > Tiff...",
    });
  }
  const data: PageData = {
    offsets: await directory.numbers(tiled ? TAGS.tileOffsets : TAGS.stripOffsets),
    byteCounts: await directory.numbers(tiled ? TAGS.tileByteCounts : TAGS.stripByteCounts),
    blockWidth: tiled ? await directory.number(TAGS.tileWidth, 0) : shape.width,
    blockHeight: tiled
      ? await directory.number(TAGS.tileHeight, 0)
      : Math.min(shape.height, await directory.number(TAGS.rowsPerStrip, shape.height)),
    compression,
    predictor: await directory.number(TAGS.predictor, PREDICTOR.none),
  };
  const blocks = Math.ceil(shape.width / data.blockWidth) * Math.ceil(shape.height / data.blockHeight);
  const blockPixels = data.blockWidth * data.blockHeight;
  const whole = Number.isInteger(data.blockWidth) && Number.isInteger(data.blockHeight);
  const fits =
    whole && blockPixels >= 1 && blockPixels <= LIMITS.maxFramePixels && data.offsets.length >= blocks;
  const counted = compression === COMPRESSION.none || data.byteCounts.length >= blocks;
  if (!fits || !counted) {
    const found = `${data.offsets.length} of ${data.blockWidth} x ${data.blockHeight} pixels`;
    throw damaged(file, `page ${page}`, `${blocks} strips or tiles with their places and sizes`, found);
  }
  return data;
}

/** Uncompressed strips. Neighbouring strips are read at once. */
async function readStrips(file: TiffFile, data: PageData, pixels: PixelArray, page: number): Promise<void> {
  const bytes = bytesOf(pixels);
  const stripBytes = data.blockWidth * data.blockHeight * pixels.BYTES_PER_ELEMENT;
  let [start, done] = [data.offsets[0]!, 0];
  for (let i = 1; done < bytes.length; i++) {
    const end = Math.min(bytes.length, i * stripBytes);
    if (end < bytes.length && data.offsets[i] === start + (end - done)) continue;
    await file.readInto(bytes.subarray(done, end), start, end - done, `the pixels of page ${page}`);
    done = end;
    start = data.offsets[i] ?? 0;
  }
  toNativeOrder(file, pixels);
}

/** Compressed strips, and tiles: decoded one by one and put in their places. */
async function readBlocks(
  file: TiffFile,
  data: PageData,
  { width, height, pixelType }: PageShape,
  pixels: PixelArray,
  page: number,
): Promise<void> {
  const { blockWidth, blockHeight } = data;
  let block = 0;
  for (let top = 0; top < height; top += blockHeight) {
    for (let left = 0; left < width; left += blockWidth, block++) {
      const rows = Math.min(blockHeight, height - top);
      const columns = Math.min(blockWidth, width - left);
      const decoded = new PIXEL_TYPES[pixelType].array(blockWidth * blockHeight);
      await decodeBlock(file, data, block, decoded, rows * blockWidth, page);
      for (let y = 0; y < rows; y++) {
        pixels.set(decoded.subarray(y * blockWidth, y * blockWidth + columns), (top + y) * width + left);
      }
    }
  }
}

/** @param needed pixels that the block must have at its start; the last strip may be short */
async function decodeBlock(
  file: TiffFile,
  data: PageData,
  block: number,
  target: PixelArray,
  needed: number,
  page: number,
): Promise<void> {
  const what = `the pixels of page ${page}`;
  const length =
    data.compression === COMPRESSION.none ? needed * target.BYTES_PER_ELEMENT : data.byteCounts[block]!;
  const stored = await file.read(data.offsets[block]!, length, what);
  const decoded = await decompress(data.compression, stored, target.byteLength).catch((error: unknown) => {
    throw damaged(file, what, "data that can be decompressed", messageOf(error));
  });
  if (decoded.length < needed * target.BYTES_PER_ELEMENT) {
    throw damaged(
      file,
      what,
      `${needed * target.BYTES_PER_ELEMENT} bytes in block ${block}`,
      `${decoded.length}`,
    );
  }
  bytesOf(target).set(decoded.subarray(0, target.byteLength));
  // The floating-point predictor leaves this machine's byte order, whatever the file's is.
  if (data.predictor !== PREDICTOR.floatingPoint) toNativeOrder(file, target);
  undoPredictor(data.predictor, target, data.blockWidth);
}

async function decompress(compression: number, stored: Buffer, limit: number): Promise<Uint8Array> {
  if (compression === COMPRESSION.none) return stored;
  if (compression === COMPRESSION.deflate || compression === COMPRESSION.oldDeflate) {
    // zlib works on another thread, and stops before a hostile file fills the memory.
    return promisify(inflate)(stored, { maxOutputLength: Math.max(limit, 1) });
  }
  return compression === COMPRESSION.lzw ? decodeLzw(stored, limit) : decodePackBits(stored, limit);
}

/**
 * Undoes TIFF's differences of neighbours, row by row.
 * TIFF 6.0, section 14; for floating point TIFF Technical Note 3.
 */
function undoPredictor(predictor: number, pixels: PixelArray, width: number): void {
  if (predictor === PREDICTOR.horizontal) {
    // Floats are differenced as the integers that their bits stand for.
    const values = pixels instanceof Float32Array ? new Uint32Array(pixels.buffer) : pixels;
    for (let row = 0; row < values.length; row += width) {
      for (let x = row + 1; x < row + width; x++) values[x] = values[x]! + values[x - 1]!;
    }
  } else if (predictor === PREDICTOR.floatingPoint) {
    const [bytes, size] = [bytesOf(pixels), pixels.BYTES_PER_ELEMENT];
    for (let row = 0; row < bytes.length; row += width * size) {
      const planes = bytes.slice(row, row + width * size);
      for (let i = 1; i < planes.length; i++) planes[i] = planes[i]! + planes[i - 1]!;
      for (let x = 0; x < width; x++) {
        // The plane of the highest bytes comes first.
        for (let b = 0; b < size; b++) bytes[row + x * size + b] = planes[(size - 1 - b) * width + x]!;
      }
    }
  }
}

function bytesOf(pixels: PixelArray): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

/**
 * Swaps the bytes of a big-endian file's pixels in place.
 * All machines that Node.js runs on are little endian.
 */
function toNativeOrder(file: TiffFile, pixels: PixelArray): void {
  if (file.littleEndian || pixels.BYTES_PER_ELEMENT === 1) return;
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  if (pixels.BYTES_PER_ELEMENT === 2) bytes.swap16();
  else bytes.swap32();
}
