import { InputError } from "../base/errors.js";
import { optionText } from "../base/option-text.js";
import type { Frame, PixelArray } from "./frame.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/** Number of pixels that were replaced, by the frame's index. A frame may be read several times. */
export type Replaced = Map<number, number>;

/**
 * A stack whose pixels that are no finite numbers are replaced.
 * Each gets the median of the finite pixels around it: of the eight next to it, or where none of
 * them is finite of the next larger square.
 * @param replaced what was replaced before, if the stack was opened before
 * @throws (at a frame) InputError INPUT_PIXEL_VALUE where no pixel is finite
 */
export function withInvalidReplaced(stack: StackReader, replaced: Replaced = new Map()): StackReader {
  const read = async (index: number) => {
    const frame = await stack.read(index);
    const pixels = replaceInvalid(frame, `${stack.path}, frame ${index + 1}`);
    if (pixels > 0) replaced.set(index, pixels);
    return frame.pixels;
  };
  const notes = () => (replaced.size > 0 ? [...stack.notes, replacedInWords(replaced)] : stack.notes);
  return stackReader(stack.path, stack.info, read, () => stack.close(), notes);
}

/** What was replaced, for people. */
export function replacedInWords(replaced: Replaced): string {
  const pixels = [...replaced.values()].reduce((sum, count) => sum + count, 0);
  return `${counted(pixels, "pixel")} replaced in ${counted(replaced.size, "frame")}: NaN or infinite`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What replaces a pixel that is no finite number, in Fiji. */
export function inFiji(pixel: number): string {
  if (Number.isNaN(pixel)) return "in Fiji: Process > Noise > Remove NaNs...";
  const limit = pixel > 0 ? "Max..." : "Min...";
  return `in Fiji: Process > Math > ${limit}`;
}

/** What to do about a pixel that is no finite number. */
export function replacingAdvice(pixel: number): string {
  const option = optionText("replaceInvalid", "median");
  return `Read the file with ${option}, or replace such pixels first, ${inFiji(pixel)}`;
}

/**
 * Checks that all pixels of a frame are finite numbers.
 * @param place of the frame, in front of the pixel's
 * @throws InputError INPUT_PIXEL_VALUE
 */
export function checkFinite(pixels: PixelArray, width: number, place = ""): void {
  if (!(pixels instanceof Float32Array)) return;
  for (let i = 0; i < pixels.length; i++) {
    // Only NaN and the infinities minus themselves are not 0.
    if (pixels[i]! - pixels[i]! === 0) continue;
    throw new InputError("INPUT_PIXEL_VALUE", {
      subject: `${place}pixel x ${i % width}, y ${Math.floor(i / width)}`,
      expected: "a finite number",
      found: String(pixels[i]),
      advice: replacingAdvice(pixels[i]!),
    });
  }
}

/**
 * A stack whose frames are refused where a pixel is no finite number.
 * @throws (at a frame) InputError INPUT_PIXEL_VALUE
 */
export function withInvalidRefused(stack: StackReader): StackReader {
  const read = async (index: number) => {
    const { pixels, width } = await stack.read(index);
    checkFinite(pixels, width, `${stack.path}, frame ${index + 1}: `);
    return pixels;
  };
  return stackReader(
    stack.path,
    stack.info,
    read,
    () => stack.close(),
    () => stack.notes,
  );
}

/** @returns how many pixels were replaced */
function replaceInvalid({ pixels, width, height }: Frame, subject: string): number {
  if (!(pixels instanceof Float32Array)) return 0;
  const invalid: number[] = [];
  for (let i = 0; i < pixels.length; i++) if (!Number.isFinite(pixels[i])) invalid.push(i);
  if (invalid.length === pixels.length) {
    throw new InputError("INPUT_PIXEL_VALUE", {
      subject,
      expected: "a finite pixel that others can be replaced by",
      found: "none",
      advice: "Leave the frame out.",
    });
  }
  // Replacements are taken from pixels as they were, so that their order does not matter.
  const found = invalid.map((i) => medianAround(pixels, width, height, i % width, Math.floor(i / width)));
  for (const [k, i] of invalid.entries()) pixels[i] = found[k]!;
  return invalid.length;
}

function medianAround(pixels: Float32Array, width: number, height: number, x: number, y: number): number {
  for (let reach = 1; ; reach++) {
    const around: number[] = [];
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
        const value = pixels[row * width + column]!;
        if (Number.isFinite(value)) around.push(value);
      }
    }
    if (around.length === 0) continue;
    around.sort((a, b) => a - b);
    const middle = around.length >> 1;
    return around.length % 2 === 1 ? around[middle]! : (around[middle - 1]! + around[middle]!) / 2;
  }
}
