import type { FramePosition, StackInfo } from "./frame.js";

/**
 * The place of a frame among channels, slices and times.
 * @param index from 0
 * @returns undefined where the file does not tell
 */
export function positionOf({ layout, positions }: StackInfo, index: number): FramePosition | undefined {
  if (positions) return positions[index];
  if (!layout) return undefined;
  const { channels, slices } = layout;
  return {
    channel: (index % channels) + 1,
    slice: (Math.floor(index / channels) % slices) + 1,
    time: Math.floor(index / (channels * slices)) + 1,
  };
}

/**
 * Whether a frame's number does not say its place: frames have channels, or both slices and times.
 * ImageJ calls the frames of most recordings slices. There the number says it all.
 */
export function hasPositions({ layout, positions }: StackInfo): boolean {
  if (positions) {
    const most = { channel: 1, slice: 1, time: 1 };
    for (const { channel, slice, time } of positions) {
      most.channel = Math.max(most.channel, channel);
      most.slice = Math.max(most.slice, slice);
      most.time = Math.max(most.time, time);
    }
    return most.channel > 1 || (most.slice > 1 && most.time > 1);
  }
  if (!layout) return false;
  return layout.channels > 1 || (layout.slices > 1 && layout.timePoints > 1);
}

/** The number of a frame in ImageJ's order, from 0: channels change first, then slices, then times. */
export function imageJIndex(
  { channel, slice, time }: FramePosition,
  { channels, slices }: NonNullable<StackInfo["layout"]>,
): number {
  return channel - 1 + channels * (slice - 1 + slices * (time - 1));
}
