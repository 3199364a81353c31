import type { Spot } from "./find-spots.js";

/** Pixels from a spot's peak within which what a map holds belongs to the spot. */
export const FOG_DISTANCE = 5;

/** A map's sum, and how much of it is farther than {@link FOG_DISTANCE} from any spot. */
export interface MapSums {
  away: number;
  all: number;
}

/** Divides a map's sum into what is near the spots of its frame and what is not. */
export function mapSums(density: Float32Array, width: number, spots: readonly Spot[]): MapSums {
  const height = density.length / width;
  const near = new Uint8Array(density.length);
  for (const { x, y } of spots) {
    for (let row = Math.max(0, y - FOG_DISTANCE); row <= Math.min(height - 1, y + FOG_DISTANCE); row++) {
      const half = Math.floor(Math.sqrt(FOG_DISTANCE ** 2 - (row - y) ** 2));
      near.fill(1, row * width + Math.max(0, x - half), row * width + Math.min(width - 1, x + half) + 1);
    }
  }
  let [away, all] = [0, 0];
  for (let i = 0; i < density.length; i++) {
    all += density[i]!;
    if (!near[i]) away += density[i]!;
  }
  return { away, all };
}

/**
 * The share of a stack's maps that is fog: the sum away from any spot over the whole sum, of all frames together.
 * @param spots of each frame
 */
export function fogOf(
  densities: readonly Float32Array[],
  width: number,
  spots: readonly (readonly Spot[])[],
): number {
  const sums = densities.map((density, i) => mapSums(density, width, spots[i]!));
  const total = (part: keyof MapSums) => sums.reduce((sum, each) => sum + each[part], 0);
  return total("away") / total("all");
}
