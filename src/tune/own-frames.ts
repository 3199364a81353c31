import type { Frame } from "../frames/frame.js";
import { withInvalidRefused } from "../frames/invalid-pixels.js";
import type { OpenOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";

/** Most frames of a recording that are taken, evenly spaced, and their longest side, pixels. */
const [MOST_FRAMES, MOST_SIDE] = [8, 256] as const;

/**
 * Opens a recording, whose frames are refused where a pixel is no finite number.
 * @throws as {@link openStack} does
 */
export async function openRecording(path: string, options: OpenOptions): Promise<StackReader> {
  return withInvalidRefused(await openStack(path, options));
}

/**
 * Some frames of a stack; large ones are cut to their middle.
 * @throws as {@link openRecording} does
 */
export async function sampleFrames(path: string, options: OpenOptions = {}): Promise<Frame[]> {
  const stack = await openRecording(path, options);
  try {
    const count = Math.min(MOST_FRAMES, stack.info.frames);
    const frames: Frame[] = [];
    for (let i = 0; i < count; i++) {
      frames.push(middleOf(await stack.read(Math.floor(((i + 0.5) * stack.info.frames) / count))));
    }
    return frames;
  } finally {
    await stack.close();
  }
}

function middleOf(frame: Frame): Frame {
  const [width, height] = [Math.min(MOST_SIDE, frame.width), Math.min(MOST_SIDE, frame.height)];
  if (width === frame.width && height === frame.height) return frame;
  const [left, top] = [(frame.width - width) >> 1, (frame.height - height) >> 1];
  const pixels = frame.pixels.slice(0, width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * frame.width + left;
    pixels.set(frame.pixels.subarray(from, from + width), y * width);
  }
  return { width, height, pixels };
}
