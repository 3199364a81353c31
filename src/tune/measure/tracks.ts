import { nearestOf } from "./nearby.js";
import type { Pauses } from "./pauses.js";
import type { RunSpot } from "./run-spots.js";

/** Farthest distance of a spot from the same molecule's spot in the frame before, pixels. */
const STEP = 1.2;

/** The spots of one molecule in consecutive frames. */
export interface Track {
  spots: RunSpot[];
  /**
   * For each spot, whether another spot in the next frame may hide that the molecule goes dark.
   * True at a run's end.
   */
  unclear: boolean[];
}

/**
 * Follows molecules through a run.
 * @param spots of each frame, row by row from the top
 * @param distance within which another spot may hide that a molecule goes dark, pixels
 */
export async function tracksOf(
  spots: readonly (readonly RunSpot[])[],
  distance: number,
  pauses: Pauses,
): Promise<Track[]> {
  const done: Track[] = [];
  let open: Track[] = [];
  for (const [frame, found] of spots.entries()) {
    const still: Track[] = [];
    const taken = new Set<RunSpot>();
    for (const track of open) {
      const last = track.spots.at(-1)!;
      const next = nearestOf(found, last, STEP);
      const goesOn = next && !taken.has(next) && nearestOf(spots[frame - 1]!, next, STEP) === last;
      track.unclear.push(nearestOf(found, goesOn ? next : last, distance) !== undefined);
      if (goesOn) {
        taken.add(next);
        track.spots.push(next);
        still.push(track);
      } else done.push(track);
    }
    for (const spot of found) if (!taken.has(spot)) still.push({ spots: [spot], unclear: [] });
    open = still;
    await pauses.pause();
  }
  for (const track of open) track.unclear.push(true);
  return [...done, ...open];
}
