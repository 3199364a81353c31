import { shown } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import type { PixelArray, PixelType } from "./frame.js";
import { type StackReader, stackReader } from "./stack-reader.js";

/** Arrays of numbers that frames may be given as. */
export type NumberArray = Exclude<NodeJS.TypedArray, Uint8ClampedArray>;

/** An array of numbers in C order: the last index changes fastest. */
export interface NdArray<Data extends NumberArray = NumberArray> {
  shape: readonly number[];
  data: Data;
}

/** Number and size of the frames in an array. */
export interface FramesShape {
  frames: number;
  height: number;
  width: number;
}

/**
 * The frames that a shape stands for: (H, W), (N, H, W) or (N, H, W, 1).
 * @param subject name of the array in messages
 * @throws InputError INPUT_SIZE
 */
export function framesShape(subject: string, shape: readonly number[]): FramesShape {
  const found = asFrames(shape);
  if (found) return found;
  throw new InputError("INPUT_SIZE", {
    subject,
    expected: "an array of the shape (H, W), (N, H, W) or (N, H, W, 1)",
    found: `(${shape.map(shown).join(", ")})`,
    advice: "Frames come first, then rows, then columns; take one channel out of several.",
  });
}

/** The frames that a shape stands for; undefined for other shapes. */
export function asFrames(shape: readonly number[]): FramesShape | undefined {
  const [frames, height, width, channels = 1] = shape.length === 2 ? [1, ...shape] : shape;
  const fits = shape.length >= 2 && shape.length <= 4 && channels === 1;
  if (!fits || ![frames, height, width].every((side) => Number.isSafeInteger(side) && Number(side) > 0)) {
    return undefined;
  }
  if (height! * width! > LIMITS.maxFramePixels) return undefined;
  return { frames: frames!, height: height!, width: width! };
}

/** The pixel type that numbers are counted as: 8 and 16 bits as they are, all others as float32. */
export function pixelTypeOfNumbers(data: NumberArray): PixelType {
  if (data instanceof Uint8Array) return "uint8";
  return data instanceof Uint16Array ? "uint16" : "float32";
}

/**
 * Numbers as pixels: uint8, uint16 and float32 as they are, all others as float32.
 * Float64 is rounded to the nearest float32. Integers must be held exactly.
 * @param subject the frame in messages
 * @throws InputError INPUT_PIXEL_VALUE for a number that float32 would change or cannot hold
 */
export function toPixels(data: NumberArray, subject: string): PixelArray {
  if (data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array) return data;
  const pixels = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) pixels[i] = Number(data[i]);
  if (data instanceof Int8Array || data instanceof Int16Array) return pixels;
  for (let i = 0; i < data.length; i++)
    checkHeld(data[i]!, pixels[i]!, data instanceof Float64Array, subject);
  return pixels;
}

/**
 * Refuses a number that float32 changes or cannot hold.
 * @param rounded whether the nearest float32 will do
 * @throws InputError INPUT_PIXEL_VALUE
 */
export function checkHeld(value: number | bigint, pixel: number, rounded: boolean, subject: string): void {
  if (isLost(value, pixel, rounded)) throw lost(subject, value, pixel);
}

function isLost(value: number | bigint, pixel: number, rounded: boolean): boolean {
  if (typeof value === "bigint") return BigInt(pixel) !== value;
  return rounded ? Number.isFinite(value) && !Number.isFinite(pixel) : value !== pixel;
}

function lost(subject: string, value: number | bigint, pixel: number): InputError {
  return new InputError("INPUT_PIXEL_VALUE", {
    subject,
    expected: "numbers that 32-bit floating point holds",
    found: `${value}, which would become ${typeof value === "bigint" ? BigInt(pixel) : pixel}`,
    advice: "Subtract the camera's offset or divide, and save the frames as uint16 or float32.",
  });
}

/**
 * A stack in memory, frame by frame; frames are copies of parts of the array.
 * @param path name of the stack in messages
 * @throws InputError INPUT_SIZE for a shape that is not one of frames, or does not match the data
 */
export function arrayStack({ shape, data }: NdArray, path = "array"): StackReader {
  const { frames, height, width } = framesShape(path, shape);
  const size = height * width;
  if (data.length !== frames * size) {
    throw new InputError("INPUT_SIZE", {
      subject: path,
      expected: `${frames * size} values, as the shape (${shape.join(", ")}) says`,
      found: `${data.length}`,
    });
  }
  const info = { width, height, frames, pixelType: pixelTypeOfNumbers(data), calibration: {} };
  return stackReader(path, info, (index) =>
    toPixels(data.slice(index * size, (index + 1) * size), `${path}, frame ${index + 1}`),
  );
}
