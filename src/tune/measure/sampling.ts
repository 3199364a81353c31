/** Most pixels that are measured, all frames together. */
export const MOST_PIXELS = 60_000_000;
/** Most pixels of a run, which is in memory as a whole. */
const MOST_RUN_PIXELS = 16_000_000;
/** Most frames of a run: enough for molecules that stay on long, few enough to spread runs out. */
const LONGEST_RUN = 100;
/** Longest side of the region that is measured, pixels. */
export const LONGEST_SIDE = 512;
/** Shortest run: shorter ones show nothing of what changes over time. */
export const SHORTEST_RUN = 5;

/** The part of a stack's frames that is measured. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Consecutive frames of one stack. */
export interface Run {
  stack: number;
  first: number;
  frames: number;
}

/** Sides of the region that is measured. */
export function regionSize(width: number, height: number): { width: number; height: number } {
  return { width: Math.min(width, LONGEST_SIDE), height: Math.min(height, LONGEST_SIDE) };
}

/**
 * Runs of consecutive frames, spread evenly over all stacks; all frames if they are few enough.
 * @param frames of each stack
 * @param area of the region, pixels
 */
export function runsOf(frames: readonly number[], area: number): Run[] {
  const length = Math.max(SHORTEST_RUN, Math.min(LONGEST_RUN, Math.floor(MOST_RUN_PIXELS / area)));
  const all = frames.flatMap((count, stack) => partsOf(count, stack, length));
  const most = Math.max(1, Math.floor(MOST_PIXELS / (area * length)));
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / most)]!);
}

/** A stack's frames, in parts of about equal length, none longer than `length`. */
function partsOf(frames: number, stack: number, length: number): Run[] {
  const parts = Math.ceil(frames / length);
  const start = (part: number) => Math.round((part * frames) / parts);
  return Array.from({ length: parts }, (_, i) => ({
    stack,
    first: start(i),
    frames: start(i + 1) - start(i),
  })).filter((run) => run.frames >= SHORTEST_RUN);
}
