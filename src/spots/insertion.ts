import type { Random } from "../base/random.js";
import { drawDensity } from "../dataset/density.js";
import { mean } from "../evaluate/measures.js";
import { type Frame, PIXEL_TYPES, pixelTypeOf } from "../frames/frame.js";
import { poisson } from "../simulate/random-variates.js";
import type { Spot } from "./find-spots.js";
import type { Molecule } from "./molecule.js";

/** Molecules that are put into a frame at a time. */
export const INSERTED = 10;
/** How often molecules are put into each frame of a stack. */
export const REPEATS = 10;
/** Least distance to spots, other inserted molecules and the frame's edges, pixels. */
export const INSERTION_DISTANCE = 8;
/** Positions tried for one molecule before the frame counts as full. */
const TRIES = 1_000;

/** A frame with inserted molecules. */
export interface Insertion {
  frame: Frame;
  molecules: number;
}

/** How much each inserted molecule adds to a count. */
export interface Rise {
  mean: number;
  /** Standard deviation over insertions. */
  deviation: number;
}

/**
 * Inserts up to {@link INSERTED} molecules at random free positions, with shot noise.
 * @param spots of the frame, which are avoided
 */
export function insert(
  frame: Frame,
  spots: readonly Spot[],
  { sigma, light }: Molecule,
  gain: number,
  random: Random,
): Insertion {
  const { width, height } = frame;
  const places = freePlaces(frame, spots, random);
  const expected = new Float64Array(width * height);
  drawDensity(expected, width, { x: places.map(({ x }) => x), y: places.map(({ y }) => y) }, sigma);
  const kind = pixelTypeOf(frame.pixels);
  const pixels = new PIXEL_TYPES[kind].array(frame.pixels.length);
  for (const [i, before] of frame.pixels.entries()) {
    const added = gain * poisson(random, (light * expected[i]!) / gain);
    pixels[i] = Math.min(
      PIXEL_TYPES[kind].largest,
      before + (kind === "float32" ? added : Math.round(added)),
    );
  }
  return { frame: { width, height, pixels }, molecules: places.length };
}

function freePlaces(frame: Frame, spots: readonly Spot[], random: Random): { x: number; y: number }[] {
  const taken = spots.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  const places: { x: number; y: number }[] = [];
  for (let tries = 0; tries < INSERTED * TRIES && places.length < INSERTED; tries++) {
    const place = {
      x: random.uniform(INSERTION_DISTANCE, frame.width - INSERTION_DISTANCE),
      y: random.uniform(INSERTION_DISTANCE, frame.height - INSERTION_DISTANCE),
    };
    const free = [...taken, ...places].every(
      ({ x, y }) => Math.hypot(place.x - x, place.y - y) >= INSERTION_DISTANCE,
    );
    if (free) places.push(place);
  }
  return places;
}

/** Summarises the rises per molecule of all insertions. */
export function riseOf(rises: readonly number[]): Rise {
  const centre = mean(rises);
  return { mean: centre, deviation: Math.sqrt(mean(rises.map((rise) => (rise - centre) ** 2))) };
}
