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
  const sizes = positions ? sizesOf(positions) : layout;
  if (!sizes) return false;
  return sizes.channels > 1 || (sizes.slices > 1 && sizes.timePoints > 1);
}

/** The arrangement of frames at these places; undefined where they do not fill one. */
export function layoutOf(positions: readonly FramePosition[]): StackInfo["layout"] | undefined {
  const sizes = sizesOf(positions);
  const places = new Set(positions.map((position) => imageJIndex(position, sizes)));
  const full = sizes.channels * sizes.slices * sizes.timePoints;
  return places.size === positions.length && full === positions.length ? sizes : undefined;
}

function sizesOf(positions: readonly FramePosition[]): NonNullable<StackInfo["layout"]> {
  const sizes = { channels: 1, slices: 1, timePoints: 1 };
  for (const { channel, slice, time } of positions) {
    sizes.channels = Math.max(sizes.channels, channel);
    sizes.slices = Math.max(sizes.slices, slice);
    sizes.timePoints = Math.max(sizes.timePoints, time);
  }
  return sizes;
}

/** The number of a frame in ImageJ's order, from 0: channels change first, then slices, then times. */
export function imageJIndex(
  { channel, slice, time }: FramePosition,
  { channels, slices }: NonNullable<StackInfo["layout"]>,
): number {
  return channel - 1 + channels * (slice - 1 + slices * (time - 1));
}
