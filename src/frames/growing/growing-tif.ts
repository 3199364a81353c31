import { InputError } from "../../base/errors.js";
import { parseDescription } from "../imagej-description.js";
import { type StackReader, stackReader } from "../stack-reader.js";
import { BlockDecoder } from "../tif/block-decoder.js";
import { announcedPages } from "../tif/ome-description.js";
import { announcedFrames, isFramePage } from "../tif/tif-pages.js";
import { readBlocks } from "../tif/tiff-blocks.js";
import { TAGS, TiffDirectory } from "../tif/tiff-directory.js";
import type { TiffFile } from "../tif/tiff-file.js";
import { readPage } from "../tif/tiff-page.js";
import { type PageShape, readShape } from "../tif/tiff-shape.js";
import { openTifStack, readCalibration, storedAsShown } from "../tif-stack.js";
import type { GrowingSource, Growth } from "./growing-source.js";
import { openStarted, wholePages } from "./whole-pages.js";

/** What the first page says of the recording. */
interface Head extends PageShape {
  calibration: StackReader["info"]["calibration"];
  expected: number | undefined;
  /** The first page's ImageDescription. */
  text: string;
  /** Number of frames that ImageJ would expect behind a single page. */
  images: number;
}

/** A tif, classic or BigTIFF, that grows page by page. */
export class GrowingTif implements GrowingSource {
  private file: TiffFile | undefined;
  private head: Head | undefined;
  private readonly seen = new Set<number>();
  /** Offsets of the directories of whole frames, and of the last whole page. */
  private readonly frames: number[] = [];
  private last: { offset: number; page: number } | undefined;
  /** ImageJ's stack of one directory for all frames, once it is whole. */
  private contiguous: StackReader | undefined;
  private readonly decoder: BlockDecoder;

  /** @param channel which of several values a pixel is read, from 1 */
  constructor(
    readonly path: string,
    private readonly channel?: number,
  ) {
    this.decoder = new BlockDecoder(path);
  }

  async look(): Promise<Growth> {
    const file = await openStarted(this.path);
    if (!file) return { stack: undefined, mark: "" };
    await this.file?.close();
    this.file = file;
    for await (const { directory, page } of wholePages(file, this.last, this.seen)) {
      await this.take(directory, page);
    }
    const { head, frames } = this;
    // Some programs write the first page's description again when they know the number of frames.
    if (head && frames.length === 1) Object.assign(head, await this.readHead(file, frames[0]!));
    const mark = `${file.size} ${frames.length}`;
    if (!head)
      return { stack: undefined, mark, rest: file.size > 0 ? "a page that is not whole" : undefined };
    const stack = (await this.whole(head)) ?? this.stackOf(file, head);
    return { stack, expected: head.expected, mark };
  }

  async close(): Promise<void> {
    await this.decoder.close();
    await this.file?.close();
    await this.contiguous?.close();
  }

  /** Adds a page. @throws InputError where it cannot be counted with the pages before it */
  private async take(directory: TiffDirectory, page: number): Promise<void> {
    const file = this.file!;
    if (await isFramePage(directory)) {
      const shape = await readShape(file, directory, page, this.channel);
      this.head ??= await headOf(directory, shape);
      checkSame(`${this.path}, page ${page}`, shape, this.head);
      this.frames.push(directory.offset);
    }
    this.seen.add(directory.offset);
    this.last = { offset: directory.offset, page };
  }

  private stackOf(file: TiffFile, head: Head): StackReader {
    const { frames, path, decoder } = this;
    const { width, height, pixelType, calibration, text } = head;
    const info = { width, height, pixelType, calibration, frames: frames.length };
    return stackReader(path, info, async (index) => {
      const page = index + 1;
      const directory = await TiffDirectory.read(file, frames[index]!, page);
      const blocks = await readBlocks(file, directory, head, page, announcedFrames(directory, text));
      return readPage({ file, decoder, page, onRounded: () => undefined }, head, blocks);
    });
  }

  private async readHead(file: TiffFile, offset: number): Promise<Head> {
    const directory = await TiffDirectory.read(file, offset, 1);
    return headOf(directory, await readShape(file, directory, 1, this.channel));
  }

  /**
   * ImageJ's stacks have one directory, and frames without directories behind its pixels. While such
   * a file grows, they cannot be told from a further page; so they are counted once all are there.
   */
  private async whole({ images }: Head): Promise<StackReader | undefined> {
    if (this.contiguous || this.frames.length > 1 || images < 2) return this.contiguous;
    const stack = await openTifStack(this.path, { channel: this.channel }).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    if (stack?.info.frames === images) this.contiguous = stack;
    else await stack?.close();
    return this.contiguous;
  }
}

async function headOf(directory: TiffDirectory, shape: PageShape): Promise<Head> {
  const text = await directory.text(TAGS.description);
  const imagej = parseDescription(text);
  const images = imagej?.images ?? 1;
  const expected = imagej ? images : announcedPages(text, shape.samples);
  const calibration = await readCalibration(directory, imagej);
  const shown = storedAsShown(shape, imagej, []);
  return { ...shown, calibration, text, images, expected: expected === 1 ? undefined : expected };
}

/** Size and type of a recording's frames. */
export type FrameShape = Pick<StackReader["info"], "width" | "height" | "pixelType">;

/** @throws InputError INPUT_SIZE for a frame unlike the first */
export function checkSame(subject: string, shape: FrameShape, first: FrameShape): void {
  const { width, height, pixelType } = shape;
  if (width === first.width && height === first.height && pixelType === first.pixelType) return;
  throw new InputError("INPUT_SIZE", {
    subject,
    expected: `${first.width} x ${first.height} ${first.pixelType} as before`,
    found: `${width} x ${height} ${pixelType}`,
    advice: "Count images of different sizes from files of their own.",
  });
}
