import { shown } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import type { Frame, PixelArray, StackInfo } from "./frame.js";

/** A stack of frames, read frame by frame. */
export interface StackReader {
  /** The stack's name in messages: a file's path, or the path of an array in a file. */
  readonly path: string;
  readonly info: StackInfo;
  /**
   * What the reader had to decide or to lose, in words for people.
   * Some of it is known only once the frames are read.
   */
  readonly notes: readonly string[];
  /**
   * @param index from 0
   * @throws InputError INPUT_TRUNCATED, INPUT_FORMAT; INPUT_OPTION for a frame that the stack does
   * not have, or after {@link StackReader.close}
   */
  read(index: number): Promise<Frame>;
  /**
   * Frames from `first` up to but not including `end`, in order.
   * @throws as {@link StackReader.read}
   */
  frames(first?: number, end?: number): AsyncGenerator<Frame>;
  close(): Promise<void>;
}

/**
 * A reader made from a function that reads one frame's pixels.
 * @param readPixels is only called with indices within the stack
 */
export function stackReader(
  path: string,
  info: StackInfo,
  readPixels: (index: number) => PixelArray | Promise<PixelArray>,
  close: () => Promise<void> = async () => undefined,
  notes: () => readonly string[] = () => [],
): StackReader {
  const { width, height } = info;
  let isOpen = true;
  const read = async (index: number): Promise<Frame> => {
    if (!isOpen) {
      throw new InputError("INPUT_OPTION", {
        subject: path,
        expected: "an open stack",
        found: "one that was closed",
        advice: "Open it again.",
      });
    }
    if (!Number.isInteger(index) || index < 0 || index >= info.frames) {
      throw new InputError("INPUT_OPTION", {
        subject: `${path}, index`,
        expected: `a frame from 0 to ${info.frames - 1}`,
        found: shown(index),
      });
    }
    return { width, height, pixels: await readPixels(index) };
  };
  return {
    path,
    info,
    get notes() {
      return notes();
    },
    read,
    async *frames(first = 0, end = info.frames) {
      for (let i = first; i < end; i++) yield await read(i);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await close();
    },
  };
}
