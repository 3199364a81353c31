import { InputError } from "../base/errors.js";
import type { Frame } from "./frame.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/**
 * A stack whose pixels that are no finite numbers are replaced.
 * Each gets the median of the finite pixels around it: of the eight next to it, or where none of
 * them is finite of the next larger square.
 * @throws (at a frame) InputError INPUT_PIXEL_VALUE where no pixel is finite
 */
export function withInvalidReplaced(stack: StackReader): StackReader {
  let [pixels, frames] = [0, 0];
  const read = async (index: number) => {
    const frame = await stack.read(index);
    const replaced = replaceInvalid(frame, `${stack.path}, frame ${index + 1}`);
    pixels += replaced;
    if (replaced > 0) frames++;
    return frame.pixels;
  };
  const told = () => `${counted(pixels, "pixel")} replaced in ${counted(frames, "frame")}: NaN or infinite`;
  const notes = () => (pixels > 0 ? [...stack.notes, told()] : stack.notes);
  return stackReader(stack.path, stack.info, read, () => stack.close(), notes);
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
