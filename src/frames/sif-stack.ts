import { PIXEL_TYPES } from "./frame.js";
import { anotherKind, damagedFile, notRead, RandomFile } from "./random-file.js";
import { rawStack } from "./raw-stack.js";
import type { StackReader } from "./stack-reader.js";

const MAGIC = "Andor Technology Multi-Channel File\n";
/** Most bytes of text in which the sizes are searched; camera and user's text come before them. */
const MOST_HEADER_BYTES = 4_194_304;
/** The version of the header with a second table after that of the times. */
const SECOND_TABLE = 65_567;
/** Longest line of a table of times, bytes. */
const MOST_LINE_BYTES = 64;

/**
 * Opens a recording of Andor's Solis: .sif, images of one region.
 * A header of text ends with the sizes of stack and region and a time for each frame. The pixels,
 * 32-bit floating point, follow in the order of their rows in the file.
 * Reference: the readers sif_parser and Bio-Formats, which agree.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_SIZE
 */
export function openSifStack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a recording of Andor (.sif)", async (file) => {
    const bytes = await file.readUpTo(0, MOST_HEADER_BYTES, "the header");
    const head = bytes.toString("latin1");
    if (!head.startsWith(MAGIC)) throw anotherKind(path, "a recording of Andor (.sif)", bytes);
    const version = Number(/^\d+/.exec(head.slice(head.indexOf("\n", MAGIC.length) + 1))?.[0]);
    const { frames, width, height, end } = readSizes(path, head);
    const frameBytes = width * height * 4;
    if (end + frames * (frameBytes + 2) > file.size) {
      throw file.cutOff(`${frames} frames of ${width} x ${height}`, end + frames * (frameBytes + 2));
    }
    const start = await pixelsStart(file, end, frames, version);
    return rawStack(file, {
      ...{ width, height, frames, type: "f4", littleEndian: true, calibration: {} },
      // Counts of a 16-bit converter.
      fullScale: PIXEL_TYPES.uint16.largest,
      offsetOf: (index) => start + index * frameBytes,
    });
  });
}

/** The sizes, and where their lines end, bytes. */
function readSizes(path: string, head: string) {
  // Axis of the image; version and corners of the chip; images, regions, values in all and of one.
  const layout = /Pixel number65\d{3}((?: -?\d+){4}) (\d+) (\d+) (\d+) (\d+) *\r?\n/.exec(head);
  if (!layout) {
    const spectra = /\nWavelength/.test(head);
    throw spectra
      ? notRead(path, "images", "spectra", "Only recordings of images can be counted.")
      : damagedFile(path, "the sizes of the recording after its axes", "none in the header");
  }
  const [, , frames, regions, , imageLength] = layout.map(Number);
  if (regions !== 1) {
    throw notRead(
      path,
      "a recording of one region",
      `${regions} regions`,
      "Export each region as tif in Solis, and count these.",
    );
  }
  const after = head.slice(layout.index + layout[0].length);
  const region = /^\s*65\d{3}((?: -?\d+){6,}) *\r?\n[ \n]*/.exec(after);
  const [left, top, right, bottom, binY, binX] = (region?.[1] ?? "").trim().split(" ").map(Number);
  const width = Math.floor((1 + right! - left!) / binX!);
  const height = Math.floor((1 + top! - bottom!) / binY!);
  if (!region || !(width * height === imageLength)) {
    throw damagedFile(path, `a region with ${imageLength} pixels`, region ? `${width} x ${height}` : "none");
  }
  return { frames: frames!, width, height, end: layout.index + layout[0].length + region[0].length };
}

/**
 * Where the pixels start: after a line with the time of each frame. Newer versions add a line with
 * 0, or a line with 1 and a second table.
 */
async function pixelsStart(
  file: RandomFile,
  tableAt: number,
  frames: number,
  version: number,
): Promise<number> {
  const lines = new Lines(file, tableAt);
  for (let i = 0; i < frames; i++) await lines.next("a time for each frame");
  const flagAt = lines.at;
  const flag = (await file.readUpTo(flagAt, 2, "pixels")).toString("latin1");
  if (flag === "0\n") return flagAt + 2;
  if (flag !== "1\n" || version !== SECOND_TABLE) return flagAt;
  await lines.next("a table");
  for (let i = 0; i < frames; i++) await lines.next("a second table, a line for each frame");
  return lines.at;
}

/** Reads lines of a file from a place on. */
class Lines {
  private buffer: Buffer = Buffer.alloc(0);
  private used = 0;

  constructor(
    private readonly file: RandomFile,
    private start: number,
  ) {}

  /** Where the next line starts, bytes. */
  get at(): number {
    return this.start + this.used;
  }

  /** Skips a line of a number. @throws InputError INPUT_FORMAT */
  async next(what: string): Promise<void> {
    if (this.buffer.length - this.used < MOST_LINE_BYTES) {
      this.start += this.used;
      this.buffer = await this.file.readUpTo(this.start, 65_536, what);
      this.used = 0;
    }
    const end = this.buffer.indexOf(0x0a, this.used);
    const text = end < 0 ? "" : this.buffer.toString("latin1", this.used, end);
    if (end < 0 || end - this.used > MOST_LINE_BYTES || !/^\s*-?\d+\s*$/.test(text)) {
      throw damagedFile(this.file.path, what, "other bytes");
    }
    this.used = end + 1;
  }
}
