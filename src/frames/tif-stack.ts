import { basename } from "node:path";
import { InputError } from "../base/errors.js";
import type { Calibration, FramePosition, PixelArray, StackInfo } from "./frame.js";
import { layoutOf } from "./frame-position.js";
import { type ImageJDescription, parseDescription } from "./imagej-description.js";
import type { OpenOptions } from "./open-options.js";
import { type StackReader, stackReader } from "./stack-reader.js";
import { BlockDecoder } from "./tif/block-decoder.js";
import { ndTiffPositions } from "./tif/ndtiff-positions.js";
import { type OmeDescription, parseOmeDescription } from "./tif/ome-description.js";
import { followingFrames } from "./tif/tif-following-frames.js";
import { framesOf, salvageable, tifPages } from "./tif/tif-pages.js";
import { readBlocks } from "./tif/tiff-blocks.js";
import { TAGS, TiffDirectory } from "./tif/tiff-directory.js";
import { TiffFile } from "./tif/tiff-file.js";
import { readPage } from "./tif/tiff-page.js";
import type { PageShape } from "./tif/tiff-shape.js";

/** TIFF's resolution units. Millimetres and others are not among them. */
const RESOLUTION_UNITS: Record<number, string> = { 2: "inch", 3: "cm" };

/**
 * Opens a tif stack of frames of one size and type.
 * Files may have any byte order, be classic or BigTIFF, in strips or tiles. docs/formats.md lists
 * pixel types, compressions and what programs add. Pages that are reduced copies or masks are
 * skipped. A tag that says where pixels lie or what they mean is heeded, or the file is refused.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE, INPUT_SIZE,
 * INPUT_OPTION
 */
export async function openTifStack(path: string, options: OpenOptions = {}): Promise<StackReader> {
  const file = await TiffFile.open(path);
  const decoder = new BlockDecoder(path);
  try {
    return await openPages(file, decoder, options);
  } catch (error) {
    await decoder.close();
    await file.close();
    throw error;
  }
}

async function openPages(file: TiffFile, decoder: BlockDecoder, options: OpenOptions): Promise<StackReader> {
  const pages = await tifPages(file, options.channel);
  const { first, firstPage: page, text, announced, cut } = pages;
  const description = parseDescription(text);
  const notes: string[] = [];
  const salvage = options.salvage ?? false;
  const shape = storedAsShown(pages.shape, description, notes);
  const following =
    pages.offsets.length === 1
      ? await followingFrames(file, first, {
          ...{ shape, page, text, announced },
          salvage: salvage || cut !== undefined,
        })
      : undefined;
  const frames = following?.frames ?? pages.offsets.length;
  if (cut && !salvage) throw salvageable(cut, frames);
  if (cut) notes.push(`cut off or damaged after ${framesOf(frames)}: ${cut.finding}`);
  else if (following) notes.push(...following.notes);
  const placed = following ? undefined : await ndTiffPositions(file, pages.pixels);
  const ome = parseOmeDescription(text, { file: basename(file.path), frames, samples: shape.samples });
  const info = await stackInfo(first, shape, frames, description, ome, placed);
  let rounded = false;
  const onRounded = (page: number) => {
    if (!rounded) notes.push(`page ${page} has floats of 64 bits that are rounded to 32, which keep 24 bits`);
    rounded = true;
  };
  const read = async (index: number): Promise<PixelArray> => {
    const source = { file, decoder, page: index + 1, onRounded };
    if (following && frames > 1) return readPage(source, shape, following.blocksOf(index));
    const number = pages.numbers[index]!;
    const directory = await TiffDirectory.read(file, pages.offsets[index]!, number);
    const blocks = await readBlocks(file, directory, shape, number, announced);
    return readPage({ ...source, page: number }, shape, blocks);
  };
  return stackReader(
    file.path,
    info,
    read,
    async () => {
      await decoder.close();
      await file.close();
    },
    () => notes,
  );
}

/**
 * Whether 0 is read as white.
 * ImageJ writes MinIsWhite for images with an inverted lookup table, whose values stay as they
 * were: they are counted as Fiji counts them. All other programs mean an inverted image.
 */
export function storedAsShown(
  shape: PageShape,
  description: ImageJDescription | undefined,
  notes: string[],
): PageShape {
  if (!shape.minIsWhite) return shape;
  notes.push(
    description
      ? "MinIsWhite by ImageJ, from an inverted lookup table: the stored values are counted, as Fiji counts them"
      : "MinIsWhite: values are inverted, so that frames are counted as they are shown",
  );
  return description ? { ...shape, minIsWhite: false } : shape;
}

async function stackInfo(
  first: TiffDirectory,
  { width, height, pixelType }: PageShape,
  frames: number,
  description: ImageJDescription | undefined,
  ome: OmeDescription | undefined,
  placed: FramePosition[] | undefined,
): Promise<StackInfo> {
  const calibration = { ...(await readCalibration(first, description)), ...ome?.calibration };
  const imageJ = description?.images === frames ? description.layout : undefined;
  const positions = placed ?? ome?.positions;
  const layout = placed ? layoutOf(placed) : (ome?.layout ?? imageJ);
  return {
    ...{ width, height, frames, pixelType, calibration },
    ...(layout && { layout }),
    ...(positions && { positions }),
  };
}

/** Size of pixels and time between frames. */
export async function readCalibration(
  directory: TiffDirectory,
  description: ImageJDescription | undefined,
): Promise<Calibration> {
  const known = description?.calibration ?? {};
  const unit = known.unit ?? RESOLUTION_UNITS[await calibrating(directory, TAGS.resolutionUnit)];
  const size = async (tag: number) => {
    const perUnit = await calibrating(directory, tag);
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

/** A tag that calibrates; 0 where it cannot be read, since pixels do not depend on it. */
async function calibrating(directory: TiffDirectory, tag: number): Promise<number> {
  try {
    return await directory.number(tag, 0);
  } catch (error) {
    if (error instanceof InputError) return 0;
    throw error;
  }
}
