import { quantile } from "../base/quantiles.js";
import { rowsIn } from "./bands.js";
import type { Ground } from "./ground.js";
import type { MapPeak, MapPeaks } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";
import { isWhole, type SpotImage, spotImage } from "./spot-image.js";

/** Signs of a frame's spots. Logarithms are natural. */
export interface SpotSigns {
  /** Logarithm of the median standard deviation, pixels, and its spread between spots. */
  width: number;
  widthSpread: number;
  elongation: number;
  /** How far spots are elongated in the same direction. */
  aligned: number;
  /** Logarithms of light over noise: of a median spot, a faint one and a bright one. */
  brightness: number;
  faint: number;
  bright: number;
  skirt: number;
  /** Share of spots with several pixels of the brightest value. */
  clipped: number;
  /**
   * Logarithm of the median distance to the next spot, pixels; and relative to random positions.
   */
  nearest: number;
  crowding: number;
  /** Relative spread of those distances. */
  nearestSpread: number;
  /**
   * Shares of spots: those that are the next spot of their own next spot, and those at about the
   * median distance.
   */
  mutual: number;
  alike: number;
  /** Share of spots that the frame shows clearly enough. */
  seen: number;
}

/** Most spots that are used, evenly over the frame. */
const LOOKED_AT = 24;
/**
 * Distance at which a next spot does not affect a spot's shape, pixels, and how many such spots are
 * enough.
 */
const [ALONE, ENOUGH_ALONE] = [7, 3];
/** Sum of the map around a spot from which it may be two, whose image is long. */
const MOST_OF_ONE = 1.4;
/** Difference of distances that count as alike, pixels. */
const ALIKE = 1;
/** Brightness from which a spot has a shape, in deviations of its noise. */
const CLEAR = 8;
/** Pixels of a spot that may have the brightest value by chance. */
const CLIPPED_BY_CHANCE = 1;
/** Signs where there are no spots. */
const NONE: SpotSigns = {
  ...{ width: 0.3, widthSpread: 0.3, elongation: 0.15, aligned: 0.1 },
  ...{ brightness: 2, faint: 2, bright: 2, skirt: 0.3, clipped: 0 },
  ...{ nearest: 2.5, crowding: 0, nearestSpread: 0.5, mutual: 0.6, alike: 0.3, seen: 0 },
};

/** Takes the signs of the spots at a map's peaks. */
export function spotSigns(frame: SignedFrame, { peaks, bands }: MapPeaks, ground: Ground): SpotSigns {
  const whole = peaks.filter((peak) => isWhole(peak, frame));
  if (whole.length === 0) return NONE;
  const nearest = neighbourSigns(peaks, frame.width * rowsIn(bands));
  const taken = evenly(whole.length, LOOKED_AT);
  const [all, alone]: [SpotImage[], SpotImage[]] = [[], []];
  for (const i of taken) {
    const image = spotImage(frame, whole[i]!, ground);
    if (!image) continue;
    all.push(image);
    if (whole[i]!.mass < MOST_OF_ONE && nextOf(whole, i).distance >= ALONE) alone.push(image);
  }
  if (all.length === 0) return { ...NONE, ...nearest };
  return {
    ...imageSigns(alone.length >= ENOUGH_ALONE ? alone : all, all),
    ...nearest,
    seen: all.length / taken.length,
  };
}

function imageSigns(shaped: readonly SpotImage[], all: readonly SpotImage[]) {
  // The shape of a faint spot is only that of its noise.
  const bright = [...shaped].sort((a, b) => b.brightness - a.brightness);
  const shapely = bright.filter(({ brightness }) => brightness > CLEAR);
  const clear = shapely.length >= ENOUGH_ALONE ? shapely : bright.slice(0, ENOUGH_ALONE);
  const sorted = (of: (image: SpotImage) => number, images = clear) => images.map(of).sort(ascending);
  const mean = (of: (image: SpotImage) => number) =>
    clear.reduce((sum, image) => sum + of(image), 0) / clear.length;
  const widths = sorted(({ width }) => width);
  const brightness = sorted((image) => Math.log(Math.max(image.brightness, 0.1)), [...all]);
  return {
    width: quantile(widths, 0.5),
    widthSpread: quantile(widths, 0.85) - quantile(widths, 0.15),
    elongation: quantile(
      sorted(({ elongation }) => elongation),
      0.5,
    ),
    aligned: Math.hypot(
      mean(({ along }) => along),
      mean(({ diagonal }) => diagonal),
    ),
    brightness: quantile(brightness, 0.5),
    faint: quantile(brightness, 0.1),
    bright: quantile(brightness, 0.9),
    skirt: quantile(
      sorted(({ skirt }) => skirt),
      0.5,
    ),
    clipped: all.filter(({ clipped }) => clipped > CLIPPED_BY_CHANCE).length / all.length,
  };
}

interface Next {
  index: number;
  distance: number;
}

/**
 * The nearest other peak, infinitely far if there is none.
 * Peaks come row by row, so the search ends at rows that are too far.
 */
function nextOf(peaks: readonly MapPeak[], i: number): Next {
  const { x, y } = peaks[i]!;
  let [index, least] = [-1, Number.POSITIVE_INFINITY];
  for (let step = 1; step >= -1; step -= 2) {
    for (let j = i + step; j >= 0 && j < peaks.length; j += step) {
      const { x: otherX, y: otherY } = peaks[j]!;
      const dy = (otherY - y) ** 2;
      if (dy > least) break;
      const squared = (otherX - x) ** 2 + dy;
      if (squared < least) [index, least] = [j, squared];
    }
  }
  return { index, distance: Math.sqrt(least) };
}

function neighbourSigns(peaks: readonly MapPeak[], area: number) {
  if (peaks.length < 2) {
    const { nearest, crowding, nearestSpread, mutual, alike } = NONE;
    return { nearest, crowding, nearestSpread, mutual, alike };
  }
  const taken = evenly(peaks.length, LOOKED_AT);
  const next = taken.map((i) => nextOf(peaks, i));
  const distances = next.map(({ distance }) => distance).sort(ascending);
  const usual = quantile(distances, 0.5);
  // Mean distance to the next point, for points at random positions.
  const expected = 0.5 / Math.sqrt(peaks.length / area);
  const share = (holds: (next: Next, k: number) => boolean) => next.filter(holds).length / next.length;
  return {
    nearest: Math.log(usual),
    crowding: Math.log(usual / expected),
    nearestSpread: (quantile(distances, 0.75) - quantile(distances, 0.25)) / usual,
    mutual: share(({ index }, k) => nextOf(peaks, index).index === taken[k]),
    alike: share(({ distance }) => Math.abs(distance - usual) <= ALIKE),
  };
}

function evenly(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

function ascending(a: number, b: number): number {
  return a - b;
}
