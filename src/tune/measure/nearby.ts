/** A place in a frame, pixels. */
export interface FramePlace {
  x: number;
  y: number;
}

/**
 * The place nearest to another one, without that one itself.
 * @param places row by row from the top: their y, rounded, does not fall
 * @param within farthest distance, pixels
 */
export function nearestOf<P extends FramePlace>(
  places: readonly P[],
  to: FramePlace,
  within: number,
): P | undefined {
  let [best, least]: [P | undefined, number] = [undefined, within];
  const end = Math.round(to.y + within + 1);
  for (let i = firstFrom(places, Math.round(to.y - within - 1)); i < places.length; i++) {
    const place = places[i]!;
    if (place.y > end) break;
    if (place === to) continue;
    const distance = Math.hypot(place.x - to.x, place.y - to.y);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

/** Index of the first place whose y, rounded, is at least `row`. */
function firstFrom(places: readonly FramePlace[], row: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Math.round(places[middle]!.y) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
