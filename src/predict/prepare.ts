import { InputError } from "../base/errors.js";
import type { PixelArray } from "../frames/frame.js";
import { checkFrameSize } from "../frames/frame-size.js";
import { checkFinite } from "../frames/invalid-pixels.js";
import type { FrameBatch } from "./prediction.js";

/** Frames in the form that the network takes. */
export interface PreparedBatch {
  /** (N, paddedHeight, paddedWidth) in [0, 1]. */
  values: Float32Array;
  paddedWidth: number;
  paddedHeight: number;
  /** For each frame, whether all its pixels are equal. Such a frame holds nothing to count. */
  constant: boolean[];
  /** For each frame, its darkest and its brightest pixel, raw. */
  ranges: { least: number; most: number }[];
}

/**
 * Memory that batches use one after the other.
 * Fresh pages would cost a large frame more time than filling them.
 */
export class Scratch {
  private values = new Float32Array(0);

  /** An array of this length, with arbitrary contents. */
  take(length: number): Float32Array {
    if (this.values.length < length) this.values = new Float32Array(length);
    return this.values.subarray(0, length);
  }
}

/**
 * Normalises each frame to [0, 1] by its own range, and pads it to multiples of `multiple`.
 * The padding is a reflection at the right and bottom edges without the edge itself, as numpy's
 * 'reflect'.
 * @param scratch where `values` are put; valid until its next use
 * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE
 */
export function prepare(batch: FrameBatch, multiple: number, scratch = new Scratch()): PreparedBatch {
  checkSize(batch);
  const { width, height, count, pixels } = batch;
  const paddedWidth = roundUp(width, multiple);
  const paddedHeight = roundUp(height, multiple);
  const values = scratch.take(count * paddedHeight * paddedWidth);
  const constant: boolean[] = [];
  const ranges: PreparedBatch["ranges"] = [];
  for (let i = 0; i < count; i++) {
    const frame = pixels.subarray(i * width * height, (i + 1) * width * height);
    const { least, most } = pixelRange(frame);
    checkFinite(frame, width);
    const target = values.subarray(i * paddedHeight * paddedWidth, (i + 1) * paddedHeight * paddedWidth);
    constant.push(least === most);
    ranges.push({ least, most });
    if (least === most) {
      target.fill(0);
      continue;
    }
    normaliseInto(target, paddedWidth, frame, width, least, most);
    reflectEdges(target, width, height, paddedWidth, paddedHeight);
  }
  return { values, paddedWidth, paddedHeight, constant, ranges };
}

function checkSize({ width, height, count, pixels }: FrameBatch): void {
  checkFrameSize("frame", width, height);
  if (pixels.length === count * width * height) return;
  throw new InputError("INPUT_SIZE", {
    subject: "frame",
    expected: `${count} x ${width} x ${height} pixels`,
    found: `${pixels.length} values`,
  });
}

/** A frame's darkest and its brightest pixel. */
export function pixelRange(frame: PixelArray): { least: number; most: number } {
  let least = frame[0]!;
  let most = least;
  for (let i = 1; i < frame.length; i++) {
    const value = frame[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

function normaliseInto(
  target: Float32Array,
  stride: number,
  frame: PixelArray,
  width: number,
  min: number,
  max: number,
): void {
  const scale = 1 / (max - min);
  for (let from = 0, to = 0; from < frame.length; from += width, to += stride) {
    for (let x = 0; x < width; x++) target[to + x] = (frame[from + x]! - min) * scale;
  }
}

function reflectEdges(
  target: Float32Array,
  width: number,
  height: number,
  paddedWidth: number,
  paddedHeight: number,
): void {
  for (let x = width; x < paddedWidth; x++) {
    const source = reflect(x, width);
    for (let row = 0; row < height * paddedWidth; row += paddedWidth) target[row + x] = target[row + source]!;
  }
  for (let y = height; y < paddedHeight; y++) {
    const source = reflect(y, height) * paddedWidth;
    target.copyWithin(y * paddedWidth, source, source + paddedWidth);
  }
}

/**
 * The index of the pixel seen at `index` in a row of `length` between two mirrors.
 * The mirrors stand on the row's end pixels.
 */
export function reflect(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = index % period;
  return phase < length ? phase : period - phase;
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
