import { InputError } from "../base/errors.js";
import { type Calibration, PIXEL_TYPES, type PixelArray, type StackInfo } from "./frame.js";
import { type ImageJDescription, parseDescription } from "./imagej-description.js";
import { type StackReader, stackReader } from "./stack-reader.js";
import { damaged, TAGS, TiffDirectory } from "./tiff-directory.js";
import { TiffFile } from "./tiff-file.js";
import { type PageShape, readContiguous, readPage, readShape } from "./tiff-page.js";

/** TIFF's resolution units. Millimetres and others are not among them. */
const RESOLUTION_UNITS: Record<number, string> = { 2: "inch", 3: "cm" };

/**
 * Opens a tif stack of 8- or 16-bit unsigned or 32-bit float frames of one size.
 * Files may have any byte order, be classic or BigTIFF, in strips or tiles, plain or compressed by
 * LZW, Deflate or PackBits. ImageJ's contiguous stacks with one directory for all frames are read
 * too. Pages that are reduced copies of others are skipped. Pixel values are the stored ones, even
 * where a file asks for an inverted display.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE, INPUT_SIZE
 */
export async function openTifStack(path: string): Promise<StackReader> {
  const file = await TiffFile.open(path);
  try {
    const first = await TiffDirectory.read(file, file.firstDirectory, 1);
    const description = parseDescription(await first.text(TAGS.description));
    const shape = await readShape(file, first, 1);
    const pages = await pageOffsets(file, shape);
    const calibration = await readCalibration(first, description);
    const contiguous = pages.length === 1 && description !== undefined && description.images > 1;
    const frames = contiguous ? description.images : pages.length;
    const layout = description?.images === frames ? description.layout : undefined;
    const info: StackInfo = { ...shape, frames, calibration, ...(layout && { layout }) };
    const read = contiguous
      ? await contiguousFrames(file, first, info)
      : async (index: number) =>
          readPage(file, await TiffDirectory.read(file, pages[index]!, index + 1), shape, index + 1);
    return stackReader(file.path, info, read, () => file.close());
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Offsets of the directories of all frames; only these 8 bytes are kept of each. @throws InputError
 */
async function pageOffsets(file: TiffFile, shape: PageShape): Promise<Float64Array> {
  const seen = new Set<number>();
  const offsets: number[] = [];
  let page = 0;
  for (let offset = file.firstDirectory; offset !== 0; ) {
    page++;
    if (seen.has(offset))
      throw damaged(file, `page ${page}`, "a page of its own", "one of the pages before it");
    seen.add(offset);
    const directory = await TiffDirectory.read(file, offset, page);
    const reduced = (await directory.number(TAGS.newSubfileType, 0)) & 1;
    if (!reduced || page === 1) {
      await checkSameShape(file, directory, shape, page);
      offsets.push(offset);
    }
    offset = directory.next;
  }
  return Float64Array.from(offsets);
}

async function checkSameShape(
  file: TiffFile,
  directory: TiffDirectory,
  shape: PageShape,
  page: number,
): Promise<void> {
  const { width, height, pixelType } = await readShape(file, directory, page);
  if (width === shape.width && height === shape.height && pixelType === shape.pixelType) return;
  throw new InputError("INPUT_SIZE", {
    subject: `${file.path}, page ${page}`,
    expected: `${shape.width} x ${shape.height} ${shape.pixelType} as on page 1`,
    found: `${width} x ${height} ${pixelType}`,
    advice: "Count images of different sizes from files of their own.",
  });
}

/**
 * ImageJ's stacks with one directory: frames follow the first one's pixels, uncompressed.
 * This holds for files of any size.
 */
async function contiguousFrames(file: TiffFile, first: TiffDirectory, info: StackInfo) {
  const { width, height, pixelType, frames } = info;
  const { array: PixelArrayOfType, bytes } = PIXEL_TYPES[pixelType];
  const start = await first.number(TAGS.stripOffsets, 0);
  const frameBytes = width * height * bytes;
  const end = start + frames * frameBytes;
  const compression = await first.number(TAGS.compression, 1);
  if (compression !== 1) throw damaged(file, "page 1", `${frames} pages`, "one page, compressed");
  if (end > file.size) {
    throw new InputError("INPUT_TRUNCATED", {
      subject: file.path,
      expected: `${frames} frames of ${frameBytes} bytes up to byte ${end}`,
      found: `the end of the file at ${file.size}`,
      advice: "The file is cut off; copy or save it again.",
    });
  }
  return async (index: number): Promise<PixelArray> => {
    const pixels = new PixelArrayOfType(width * height);
    await readContiguous(file, start + index * frameBytes, pixels, index + 1);
    return pixels;
  };
}

/** Size of pixels and time between frames. */
export async function readCalibration(
  directory: TiffDirectory,
  description: ImageJDescription | undefined,
): Promise<Calibration> {
  const known = description?.calibration ?? {};
  const unit = known.unit ?? RESOLUTION_UNITS[await directory.number(TAGS.resolutionUnit, 1)];
  const size = async (tag: number) => {
    const perUnit = await directory.number(tag, 0);
    return perUnit > 0 && Number.isFinite(perUnit) ? 1 / perUnit : undefined;
  };
  const [pixelWidth, pixelHeight] = [await size(TAGS.xResolution), await size(TAGS.yResolution)];
  return {
    ...known,
    ...(unit && { unit }),
    ...(unit && pixelWidth && { pixelWidth }),
    ...(unit && pixelHeight && { pixelHeight }),
  };
}
