import type { Spot } from "./find-spots.js";

/** Distance from a spot's peak within which the map belongs to the spot, pixels. */
export const FOG_DISTANCE = 5;

/** A map's sum, and the part of it farther than {@link FOG_DISTANCE} from any spot. */
export interface MapSums {
  away: number;
  all: number;
}

/** Splits a map's sum into the part near its frame's spots and the rest. */
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
 * The share of a stack's maps that is fog: the sum away from any spot over the whole sum.
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
