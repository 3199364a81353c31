import { AtomicFile } from "../base/atomic-file.js";
import { InputError } from "../base/errors.js";
import {
  type Calibration,
  type FramePosition,
  PIXEL_TYPES,
  type PixelArray,
  type PixelType,
  pixelTypeOf,
  type StackInfo,
} from "./frame.js";
import { imageJIndex } from "./frame-position.js";
import { formatDescription } from "./imagej-description.js";
import { TAGS } from "./tiff-directory.js";

export interface StackWriterOptions {
  width: number;
  height: number;
  /** Number of frames that will be written. */
  frames: number;
  /** Type of the pixels; float32 where left out. */
  pixelType?: PixelType;
  calibration?: Calibration;
  /** The arrangement of the frames; time points where left out. */
  layout?: NonNullable<StackInfo["layout"]>;
  /** The place of each frame in the arrangement, where they do not come in ImageJ's order. */
  positions?: readonly FramePosition[];
}

/** A stack being written. */
export interface StackWriter {
  /**
   * Appends a frame of width * height values of the stack's type.
   * @throws InputError INPUT_SIZE, OUTPUT_WRITE; TypeError
   */
  write(pixels: PixelArray): Promise<void>;
  /**
   * Completes the file and puts it in place.
   * @throws InputError INPUT_SIZE where frames are missing, OUTPUT_WRITE
   */
  finish(): Promise<void>;
  /** Removes the unfinished file. */
  abort(): Promise<void>;
}

/** Alignment of the pixels. The header, the first directory and its description come before. */
const DATA_ALIGNMENT = 512;
/** Room for the display range, which is known only at the end, characters. */
const RANGE_ROOM = 64;
/** Largest size of a classic TIFF. */
const MAX_CLASSIC_BYTES = 2 ** 32;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;
const RATIONAL_BYTES = 8;
const TYPE = { ascii: 2, short: 3, long: 4, rational: 5 } as const;
/** TIFF's numbers of sample formats. */
const FORMAT = { unsigned: 1, float: 3 } as const;
/** A resolution is written as a fraction with this denominator. */
const RESOLUTION_DENOMINATOR = 1_000_000;

/** A tag's values: inline where they fit 4 bytes, else at an offset. */
type Entry = [tag: number, type: number, count: number, value: number];

/**
 * Starts a stack that ImageJ opens as a stack: little endian, frames one after the other.
 * Every frame has a directory of its own, so that any program sees all frames. A file beyond the
 * size of a classic TIFF has a single directory, as ImageJ writes it.
 * @throws InputError OUTPUT_WRITE
 */
export async function createStackWriter(path: string, options: StackWriterOptions): Promise<StackWriter> {
  checkOptions(path, options);
  const file = await AtomicFile.create(path);
  const writer = new TiffStackWriter(file, options);
  try {
    await file.write(new Uint8Array(writer.dataOffset));
  } catch (error) {
    await file.abort();
    throw error;
  }
  return writer;
}

/** @throws InputError INPUT_SIZE */
function checkOptions(path: string, { width, height, frames, layout }: StackWriterOptions): void {
  const positive = [width, height, frames].every((size) => Number.isSafeInteger(size) && size > 0);
  const arranged = !layout || layout.channels * layout.slices * layout.timePoints === frames;
  if (positive && arranged) return;
  throw new InputError("INPUT_SIZE", {
    subject: path,
    expected: "one frame or more of one pixel or more, arranged without remainder",
    found: `${frames} frames of ${width} x ${height}${layout ? `, arranged as ${Object.values(layout).join(" x ")}` : ""}`,
  });
}

class TiffStackWriter implements StackWriter {
  /** Where the pixels begin. */
  readonly dataOffset: number;
  private written = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly file: AtomicFile,
    private readonly options: StackWriterOptions,
  ) {
    const front = TEXT_OFFSET + this.description({ min: 0, max: 0 }).length + RANGE_ROOM;
    this.dataOffset = Math.ceil(front / DATA_ALIGNMENT) * DATA_ALIGNMENT;
  }

  async write(pixels: PixelArray): Promise<void> {
    const { width, height, frames } = this.options;
    if (pixelTypeOf(pixels) !== this.pixelType) {
      throw new TypeError(`${pixelTypeOf(pixels)} pixels for a stack of ${this.pixelType}`);
    }
    if (pixels.length !== width * height || this.written === frames) {
      throw new InputError("INPUT_SIZE", {
        subject: `${this.file.path}, frame ${this.written + 1}`,
        expected: `${frames} frames of ${width} x ${height} pixels`,
        found: this.written === frames ? "one more" : `${pixels.length} values`,
      });
    }
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i]!;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const { layout, positions } = this.options;
    // ImageJ has no other order than its own.
    if (layout && positions) {
      const place = imageJIndex(positions[this.written]!, layout);
      await this.file.writeAt(bytes, this.dataOffset + place * this.frameBytes);
    } else {
      await this.file.write(bytes);
    }
    this.written++;
  }

  async finish(): Promise<void> {
    const { frames } = this.options;
    if (this.written !== frames) {
      await this.abort();
      const [expected, found] = [`${frames} frames`, `${this.written}`];
      throw new InputError("INPUT_SIZE", { subject: this.file.path, expected, found });
    }
    try {
      const others = this.otherDirectories();
      await this.file.writeAt(others, this.dataEnd);
      await this.file.writeAt(this.firstPart(others.length > 0), 0);
    } catch (error) {
      await this.abort();
      throw error;
    }
    await this.file.commit();
  }

  abort(): Promise<void> {
    return this.file.abort();
  }

  private get pixelType(): PixelType {
    return this.options.pixelType ?? "float32";
  }

  private get frameBytes(): number {
    return PIXEL_TYPES[this.pixelType].bytes * this.options.width * this.options.height;
  }

  private get dataEnd(): number {
    return this.dataOffset + this.options.frames * this.frameBytes;
  }

  private description(range: { min: number; max: number }): Buffer {
    const {
      frames,
      calibration = {},
      layout = { channels: 1, slices: 1, timePoints: frames },
    } = this.options;
    return Buffer.from(`${formatDescription(frames, layout, calibration, range)}\0`, "latin1");
  }

  /** Header, first directory, resolutions and description: everything before the pixels. */
  private firstPart(more: boolean): Buffer {
    const { calibration = {} } = this.options;
    // Without a single number in the stack there is no range to show.
    const text = this.description(
      this.min <= this.max ? { min: this.min, max: this.max } : { min: 0, max: 0 },
    );
    const resolutionAt = TEXT_OFFSET - 2 * RATIONAL_BYTES;
    const part = Buffer.alloc(this.dataOffset);
    part.write("II*\0", "latin1");
    part.writeUInt32LE(HEADER_BYTES, 4);
    const entries = this.pageEntries(0);
    entries.push(
      [TAGS.description, TYPE.ascii, text.length, TEXT_OFFSET],
      [TAGS.xResolution, TYPE.rational, 1, resolutionAt],
      [TAGS.yResolution, TYPE.rational, 1, resolutionAt + RATIONAL_BYTES],
      [TAGS.resolutionUnit, TYPE.short, 1, 1],
    );
    writeDirectory(part, HEADER_BYTES, entries, more ? this.dataEnd : 0);
    writeRational(part, resolutionAt, calibration.pixelWidth);
    writeRational(part, resolutionAt + RATIONAL_BYTES, calibration.pixelHeight);
    text.copy(part, TEXT_OFFSET);
    return part;
  }

  /**
   * The directories of all frames but the first, which come after the pixels.
   * Empty where they would be beyond the size of a classic TIFF.
   */
  private otherDirectories(): Buffer {
    const size = directoryBytes(PAGE_TAGS);
    const count = this.options.frames - 1;
    if (this.dataEnd + count * size >= MAX_CLASSIC_BYTES) return Buffer.alloc(0);
    const part = Buffer.alloc(count * size);
    for (let i = 0; i < count; i++) {
      const next = i + 1 < count ? this.dataEnd + (i + 1) * size : 0;
      writeDirectory(part, i * size, this.pageEntries(i + 1), next);
    }
    return part;
  }

  private pageEntries(index: number): Entry[] {
    const { width, height } = this.options;
    return [
      [TAGS.newSubfileType, TYPE.long, 1, 0],
      [TAGS.width, TYPE.long, 1, width],
      [TAGS.height, TYPE.long, 1, height],
      [TAGS.bitsPerSample, TYPE.short, 1, 8 * PIXEL_TYPES[this.pixelType].bytes],
      [TAGS.compression, TYPE.short, 1, 1],
      [TAGS.photometric, TYPE.short, 1, 1],
      [TAGS.stripOffsets, TYPE.long, 1, this.dataOffset + index * this.frameBytes],
      [TAGS.samplesPerPixel, TYPE.short, 1, 1],
      [TAGS.rowsPerStrip, TYPE.long, 1, height],
      [TAGS.stripByteCounts, TYPE.long, 1, this.frameBytes],
      [TAGS.sampleFormat, TYPE.short, 1, this.pixelType === "float32" ? FORMAT.float : FORMAT.unsigned],
    ];
  }
}

/** Number of tags of a page, and of the first page. */
const PAGE_TAGS = 11;
const FIRST_TAGS = PAGE_TAGS + 4;
/** The description comes after the header, the first directory and two resolutions. */
const TEXT_OFFSET = HEADER_BYTES + directoryBytes(FIRST_TAGS) + 2 * RATIONAL_BYTES;

function directoryBytes(tags: number): number {
  return 2 + tags * ENTRY_BYTES + 4;
}

function writeDirectory(target: Buffer, at: number, entries: Entry[], next: number): void {
  // TIFF requires tags in rising order.
  const sorted = entries.toSorted(([a], [b]) => a - b);
  let position = target.writeUInt16LE(sorted.length, at);
  for (const [tag, type, count, value] of sorted) {
    position = target.writeUInt16LE(tag, position);
    position = target.writeUInt16LE(type, position);
    position = target.writeUInt32LE(count, position);
    position = target.writeUInt32LE(value, position);
  }
  target.writeUInt32LE(next, position);
}

/** Writes pixels per unit, from the size of a pixel; 1 if that is unknown. */
function writeRational(target: Buffer, at: number, pixelSize: number | undefined): void {
  const perUnit = pixelSize ? 1 / pixelSize : 1;
  // Small units have large resolutions: a smaller denominator keeps the numerator from overflowing.
  const denominator = perUnit * RESOLUTION_DENOMINATOR < MAX_CLASSIC_BYTES ? RESOLUTION_DENOMINATOR : 1;
  target.writeUInt32LE(Math.min(MAX_CLASSIC_BYTES - 1, Math.round(perUnit * denominator)), at);
  target.writeUInt32LE(denominator, at + 4);
}
