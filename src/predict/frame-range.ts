import { InputError } from "../base/errors.js";

/** Frames `first` up to but not including `end`, from 0. */
export interface FrameRange {
  first: number;
  end: number;
}

/** Frames from 1, the last one included; without a last one, to the end of the stack. */
export interface AskedFrames {
  from: number;
  to?: number;
}

/** One of several equal parts of a stack, from 1. */
export interface Shard {
  index: number;
  of: number;
}

/** What is asked of a stack: some of its frames, a part of them, or all. */
export interface AskedRange {
  frames?: AskedFrames | undefined;
  shard?: Shard | undefined;
}

/**
 * The frames of a stack that are asked for. A shard may have none, where there are more shards than
 * frames; all of a stack's shards together have each frame once.
 * @param stack its name in messages and its number of frames
 * @throws InputError INPUT_OPTION for frames that the stack does not have
 */
export function frameRange(
  stack: { path: string; frames: number },
  { frames, shard }: AskedRange,
): FrameRange {
  const { from = 1, to = stack.frames } = frames ?? {};
  if (to > stack.frames || from > to) {
    throw new InputError("INPUT_OPTION", {
      subject: from === to ? `frame ${from}` : `frames ${from} to ${to}`,
      expected: stack.frames === 1 ? "frame 1" : `frames from 1 to ${stack.frames}`,
      found: `${stack.path} with ${stack.frames} ${stack.frames === 1 ? "frame" : "frames"}`,
    });
  }
  if (!shard) return { first: from - 1, end: to };
  const count = to - from + 1;
  const border = (part: number) => from - 1 + Math.floor((part * count) / shard.of);
  return { first: border(shard.index - 1), end: border(shard.index) };
}

/** What a shard's files have in their names: "shard-02-of-16". */
export function shardName({ index, of }: Shard): string {
  return `shard-${String(index).padStart(String(of).length, "0")}-of-${of}`;
}
