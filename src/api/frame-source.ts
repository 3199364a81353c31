import { checkArgument, numberArgument, shown } from "../base/arguments.js";
import { throwIfCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { isRecord } from "../base/is-record.js";
import { LIMITS } from "../base/limits.js";
import { wholeNumber } from "../base/number-rule.js";
import type { Frame } from "../frames/frame.js";
import { type NdArray, toPixels } from "../frames/nd-array.js";
import type { StackReader } from "../frames/stack-reader.js";

/**
 * Where frames come from.
 * An array (H,W), (N,H,W) or (N,H,W,1); an open stack; any number of frames, one after the other;
 * or the path of a tif stack, FILE.npy, FILE.npz:ARRAY or FILE.h5:ARRAY. Frames are copied when
 * they are taken: a program may use their memory again.
 */
export type FrameSource = NdArray | StackReader | AsyncIterable<Frame> | Iterable<Frame> | string;

/** A source of frames, told by its form. */
export type KnownSource =
  | { kind: "path"; path: string }
  | { kind: "array"; array: NdArray }
  | { kind: "stack"; stack: StackReader }
  | { kind: "frames"; frames: AsyncIterable<Frame> | Iterable<Frame> };

const EXPECTED =
  "a path, an array { shape, data }, a stack of openStack, or an iterable of frames { width, height, pixels }";

/** Tells a source's form. @throws InputError INPUT_OPTION for anything else, INPUT_SIZE */
export function knownSource(source: unknown): KnownSource {
  if (typeof source === "string" && source !== "") return { kind: "path", path: source };
  if (typeof source !== "object" || source === null || ArrayBuffer.isView(source)) throw notFrames(source);
  if ("info" in source && "read" in source) return { kind: "stack", stack: source as StackReader };
  if ("shape" in source || "data" in source) return { kind: "array", array: checkedArray(source) };
  if (Symbol.asyncIterator in source || Symbol.iterator in source) {
    return { kind: "frames", frames: source as AsyncIterable<Frame> | Iterable<Frame> };
  }
  throw notFrames(source);
}

/**
 * Frames of a program's own iterable, checked and copied one by one.
 * @throws InputError naming the frame; DefconError CANCELLED after `signal`; what the iterable
 * throws
 */
export async function* checkedFrames(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  let number = 1;
  for await (const frame of frames) {
    throwIfCancelled(signal);
    yield checkedFrame(frame, `frames, frame ${number++}`);
  }
}

const SIDE = numberArgument(wholeNumber(1, LIMITS.maxFrameSide));

/** A copy of a frame. @throws InputError INPUT_OPTION, INPUT_SIZE */
function checkedFrame(frame: unknown, subject: string): Frame {
  if (!isRecord(frame) || !isNumbers(frame.pixels)) {
    throw new InputError("INPUT_OPTION", {
      subject,
      expected: "{ width, height, pixels } with a typed array of pixels",
      found: shown(frame),
    });
  }
  checkArgument(`${subject}, width`, frame.width, SIDE);
  checkArgument(`${subject}, height`, frame.height, SIDE);
  const [width, height] = [frame.width as number, frame.height as number];
  const { length } = frame.pixels;
  if (length !== width * height) {
    throw new InputError("INPUT_SIZE", {
      subject,
      expected: `${width * height} pixels, as ${width} x ${height} says`,
      found: `${length}`,
    });
  }
  return { width, height, pixels: toPixels(frame.pixels.slice(), subject) };
}

function checkedArray({ shape, data }: { shape?: unknown; data?: unknown }): NdArray {
  if (!Array.isArray(shape)) {
    throw new InputError("INPUT_OPTION", {
      subject: "array, shape",
      expected: "a list of whole numbers: [H, W], [N, H, W] or [N, H, W, 1]",
      found: shown(shape),
    });
  }
  if (!isNumbers(data)) {
    throw new InputError("INPUT_OPTION", {
      subject: "array, data",
      expected: "a typed array of numbers, such as Uint16Array",
      found: shown(data),
    });
  }
  return { shape: shape as number[], data };
}

function isNumbers(value: unknown): value is NdArray["data"] {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function notFrames(found: unknown): InputError {
  return new InputError("INPUT_OPTION", {
    subject: "frames",
    expected: EXPECTED,
    found: shown(found),
    ...(ArrayBuffer.isView(found) && { advice: "An array of numbers needs its shape beside it." }),
  });
}
