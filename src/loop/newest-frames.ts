import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../base/errors.js";
import { type Frame, isSameKind } from "../frames/frame.js";
import type { StreamedFrame } from "../frames/frame-stream.js";
import type { GrowingSource } from "../frames/growing/growing-source.js";
import { pixelSizeOf } from "../frames/pixel-size.js";

/** A frame as it arrives. */
export interface ArrivingFrame extends Frame {
  /** From 1, rising. */
  number: number;
  /** Side of a pixel, nm; undefined where it is not known. */
  pixelSize?: number | undefined;
}

/** Time between two looks at a recording that does not grow, ms. */
const LOOK_INTERVAL_MS = 20;

/**
 * The newest frame of a recording that is being written, each time that it has grown. Frames in
 * between are passed over. It ends with the number of frames that the recording announces, or after
 * a time without growth.
 * @throws what the source throws
 */
export async function* newestFrames(
  source: GrowingSource,
  { signal, idleMs = Number.POSITIVE_INFINITY }: { signal?: AbortSignal; idleMs?: number } = {},
): AsyncGenerator<ArrivingFrame> {
  let done = 0;
  let grown = performance.now();
  while (!signal?.aborted) {
    const { stack, expected = Number.POSITIVE_INFINITY } = await source.look();
    const whole = stack?.info.frames ?? 0;
    if (stack && whole > done) {
      done = whole;
      grown = performance.now();
      const frame = await stack.read(whole - 1);
      yield { ...frame, number: whole, pixelSize: pixelSizeOf(stack.info.calibration) };
    } else if (whole >= expected || performance.now() - grown >= idleMs) {
      return;
    } else {
      await pause(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * The frames of a pipe, numbered.
 * @throws InputError INPUT_SIZE for a frame of another size than the first
 */
export async function* numberedFrames(frames: AsyncIterable<StreamedFrame>): AsyncGenerator<ArrivingFrame> {
  let number = 0;
  let first: StreamedFrame | undefined;
  for await (const frame of frames) {
    number++;
    first ??= frame;
    if (!isSameKind(frame, first)) {
      const sizeOf = ({ width, height, pixels }: Frame) =>
        `${width} x ${height}, ${8 * pixels.BYTES_PER_ELEMENT} bits`;
      const expected = `${sizeOf(first)}, as the first`;
      throw new InputError("INPUT_SIZE", { subject: `frame ${number}`, expected, found: sizeOf(frame) });
    }
    yield { ...frame, number };
  }
}
