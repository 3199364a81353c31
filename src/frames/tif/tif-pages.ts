import { InputError } from "../../base/errors.js";
import { optionText } from "../../base/option-text.js";
import { parseDescription } from "../imagej-description.js";
import { readBlocks } from "./tiff-blocks.js";
import { damaged, TAGS, TiffDirectory } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";
import { type PageShape, readShape } from "./tiff-shape.js";

/** The pages of a file that are frames. Only 8 bytes are kept of each, and its number. */
export interface TifPages {
  /** Offsets of the directories. */
  offsets: Float64Array;
  /** Offsets of the first strips or tiles. */
  pixels: Float64Array;
  /** Numbers in the file, from 1, for messages. */
  numbers: Float64Array;
  shape: PageShape;
  /** The first frame's directory, and its number. */
  first: TiffDirectory;
  firstPage: number;
  /** The first frame's ImageDescription. */
  text: string;
  /** Numbers of frames that a page may hold, as descriptions say. */
  announced: readonly number[];
  /** Why the pages after these could not be read. */
  cut?: InputError;
}

/**
 * Numbers of frames that a page may hold, as ImageJ or MetaMorph say.
 * MetaMorph counts planes in UIC2. Programs that write the tag as TIFF has it count the fractions, of
 * which there are three a plane.
 */
export function announcedFrames(directory: TiffDirectory, text: string): number[] {
  const [images = 1, uic2] = [parseDescription(text)?.images, directory.count(TAGS.uic2)];
  return [images, uic2, uic2 / 3].filter((count) => Number.isInteger(count) && count > 1);
}

/** Bits of NewSubfileType, and the value of the older SubfileType, for pages that are no frames. */
const [REDUCED, MASK, OLD_REDUCED] = [1, 4, 2];

/**
 * Walks through a file's pages and checks that each is whole and like the first.
 * It stops at a page that is not whole, unless that is the first.
 * @throws InputError INPUT_FORMAT, INPUT_TRUNCATED, INPUT_PIXEL_TYPE, INPUT_SIZE, INPUT_OPTION
 */
export async function tifPages(file: TiffFile, channel: number | undefined): Promise<TifPages> {
  const [offsets, pixels, numbers] = [[] as number[], [] as number[], [] as number[]];
  let [text, announced, cut] = ["", [] as number[], undefined as InputError | undefined];
  let found: Pick<TifPages, "shape" | "first" | "firstPage"> | undefined;
  try {
    for await (const { directory, page } of framePages(file)) {
      const shape = await readShape(file, directory, page, channel);
      if (found) checkSameShape(file, shape, found.shape, page, found.firstPage);
      if (!found) {
        text = await directory.text(TAGS.description);
        announced = announcedFrames(directory, text);
      }
      const blocks = await readBlocks(file, directory, shape, page, announced);
      found ??= { shape, first: directory, firstPage: page };
      offsets.push(directory.offset);
      pixels.push(blocks.offsets[0]!);
      numbers.push(page);
    }
  } catch (error) {
    if (!found || !isCut(error)) throw error;
    cut = error;
  }
  if (!found) {
    throw damaged(
      file,
      "all pages",
      "a page that is a frame",
      "only reduced copies and masks (NewSubfileType)",
    );
  }
  return {
    ...found,
    ...{ text, announced },
    offsets: Float64Array.from(offsets),
    pixels: Float64Array.from(pixels),
    numbers: Float64Array.from(numbers),
    ...(cut && { cut }),
  };
}

/** Whether a page is a frame, neither a reduced copy nor a mask. @throws InputError */
export async function isFramePage(directory: TiffDirectory): Promise<boolean> {
  const kind = await directory.number(TAGS.newSubfileType, 0);
  const older = await directory.number(TAGS.subfileType, 0);
  return (kind & (REDUCED | MASK)) === 0 && older !== OLD_REDUCED;
}

/** Directories of the pages that are frames, with their numbers from 1. @throws InputError */
async function* framePages(file: TiffFile): AsyncGenerator<{ directory: TiffDirectory; page: number }> {
  const seen = new Set<number>();
  let page = 0;
  for (let offset = file.firstDirectory; offset !== 0; ) {
    page++;
    if (seen.has(offset)) {
      throw damaged(file, `page ${page}`, "a page of its own", "one of the pages before it");
    }
    seen.add(offset);
    const directory = await TiffDirectory.read(file, offset, page);
    if (await isFramePage(directory)) yield { directory, page };
    offset = directory.next;
  }
}

/** Whether an error may be that of a file which a crash cut off: bytes are missing or zero. */
function isCut(error: unknown): error is InputError {
  return error instanceof InputError && ["INPUT_TRUNCATED", "INPUT_FORMAT"].includes(error.code);
}

/** An error with the advice to read the frames before it. @param whole their number */
export function salvageable({ code, trouble }: InputError, whole: number): InputError {
  const are = whole === 1 ? "1 frame before it is" : `${whole} frames before it are`;
  const advice = `${are} whole: ${optionText("salvage", true)} reads ${whole === 1 ? "it" : "them"}.`;
  return new InputError(code, { ...trouble, advice });
}

export function framesOf(count: number): string {
  return count === 1 ? "1 frame" : `${count} frames`;
}

function checkSameShape(
  file: TiffFile,
  found: PageShape,
  shape: PageShape,
  page: number,
  firstPage: number,
): void {
  const words = ({ width, height, samples, pixelType, sample }: PageShape) => {
    const type = sample.stored.name.replace("Array", "").toLowerCase();
    const values = samples > 1 ? `${samples} x ` : "";
    return `${width} x ${height} ${values}${pixelType === type ? pixelType : `${sample.bits}-bit ${type}`}`;
  };
  if (words(found) === words(shape) && found.minIsWhite === shape.minIsWhite) return;
  throw new InputError("INPUT_SIZE", {
    subject: `${file.path}, page ${page}`,
    expected: `${words(shape)} as on page ${firstPage}`,
    found: words(found) === words(shape) ? `another PhotometricInterpretation` : words(found),
    advice: "Count images of different sizes from files of their own.",
  });
}
