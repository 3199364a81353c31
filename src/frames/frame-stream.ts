import { InputError } from "../base/errors.js";
import { isRecord } from "../base/is-record.js";
import { LIMITS } from "../base/limits.js";
import { type Frame, PIXEL_TYPES, type PixelType, pixelTypeOf } from "./frame.js";

/** A frame of a stream. */
export interface StreamedFrame extends Frame {
  /** Side of a pixel, nm, where the stream says it. */
  pixelSize?: number | undefined;
}

/** Longest line before a frame, bytes. */
const MAX_LINE_BYTES = 4_096;
const NEWLINE = 10;

/**
 * A frame as bytes for a pipe: a line of JSON, then the pixels, row by row, little endian.
 * `{"width":64,"height":64,"pixel_type":"uint16","pixel_size":100}`
 */
export function encodeStreamedFrame({ width, height, pixels, pixelSize }: StreamedFrame): Uint8Array {
  const line = { width, height, pixel_type: pixelTypeOf(pixels), pixel_size: pixelSize };
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), bytes]);
}

/**
 * The frames of a pipe, as {@link encodeStreamedFrame} writes them.
 * @param subject what messages call it: "standard input"
 * @throws InputError INPUT_FORMAT, INPUT_PIXEL_TYPE, INPUT_SIZE, INPUT_TRUNCATED
 */
export async function* streamedFrames(
  chunks: AsyncIterable<Uint8Array>,
  subject: string,
): AsyncGenerator<StreamedFrame> {
  const pipe = new Pipe(chunks);
  for (let frame = 1; ; frame++) {
    const place = `frame ${frame} of ${subject}`;
    const line = await pipe.line(place);
    if (line === undefined) return;
    const head = headOf(line, place);
    const { array, bytes } = PIXEL_TYPES[head.pixelType];
    const data = await pipe.take(head.width * head.height * bytes);
    if (!data) throw cutOff(place, "all of its pixels");
    const { width, height, pixelSize } = head;
    yield { width, height, pixels: new array(data.buffer as ArrayBuffer), pixelSize };
  }
}

/** Takes bytes out of chunks of any size. */
class Pipe {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private waiting: Uint8Array[] = [];
  private length = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.iterator = chunks[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end of the stream. */
  async line(place: string): Promise<string | undefined> {
    for (;;) {
      const joined = this.joined();
      const end = joined.indexOf(NEWLINE);
      if (end >= 0 && end <= MAX_LINE_BYTES) {
        this.keep(joined.subarray(end + 1));
        return new TextDecoder().decode(joined.subarray(0, end));
      }
      if (joined.length > MAX_LINE_BYTES) throw noHead(place, "no line of JSON");
      if (await this.more()) continue;
      if (joined.length === 0) return undefined;
      throw cutOff(place, "a line of JSON before its pixels");
    }
  }

  /** So many bytes in a buffer of their own; undefined if the stream ends before. */
  async take(bytes: number): Promise<Uint8Array | undefined> {
    const taken = new Uint8Array(bytes);
    for (let done = 0; done < bytes; ) {
      const first = this.waiting.shift();
      if (!first) {
        if (!(await this.more())) return undefined;
        continue;
      }
      const part = first.subarray(0, bytes - done);
      taken.set(part, done);
      done += part.length;
      this.length -= first.length;
      if (part.length < first.length) this.push(first.subarray(part.length), true);
    }
    return taken;
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.iterator.next();
    if (done) return false;
    this.push(value);
    return true;
  }

  private push(chunk: Uint8Array, first = false): void {
    if (chunk.length === 0) return;
    if (first) this.waiting.unshift(chunk);
    else this.waiting.push(chunk);
    this.length += chunk.length;
  }

  private joined(): Uint8Array {
    if (this.waiting.length !== 1) this.keep(Buffer.concat(this.waiting, this.length));
    return this.waiting[0] ?? new Uint8Array();
  }

  private keep(bytes: Uint8Array): void {
    this.waiting = [];
    this.length = 0;
    this.push(bytes);
  }
}

function headOf(line: string, place: string) {
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch {
    throw noHead(place, "another line");
  }
  if (!isRecord(head)) throw noHead(place, "another line");
  const { width, height, pixel_type: pixelType, pixel_size: pixelSize } = head;
  if (typeof pixelType !== "string" || !Object.hasOwn(PIXEL_TYPES, pixelType)) {
    const expected = `a pixel_type of ${Object.keys(PIXEL_TYPES).join(", ")}`;
    throw new InputError("INPUT_PIXEL_TYPE", { subject: place, expected, found: String(pixelType) });
  }
  if (!isSide(width) || !isSide(height) || width * height > LIMITS.maxFramePixels) {
    throw new InputError("INPUT_SIZE", {
      subject: place,
      expected: `a width and a height from 1 to ${LIMITS.maxFrameSide}, and at most ${LIMITS.maxFramePixels} pixels`,
      found: `${width} x ${height}`,
    });
  }
  const known = typeof pixelSize === "number" && pixelSize > 0 && Number.isFinite(pixelSize);
  return { width, height, pixelType: pixelType as PixelType, pixelSize: known ? pixelSize : undefined };
}

function isSide(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= LIMITS.maxFrameSide;
}

function noHead(place: string, found: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: place,
    expected: 'a line such as {"width":64,"height":64,"pixel_type":"uint16"} before its pixels',
    found,
    advice: "docs/control.md describes the stream.",
  });
}

function cutOff(place: string, expected: string): InputError {
  return new InputError("INPUT_TRUNCATED", { subject: place, expected, found: "the end of the stream" });
}
