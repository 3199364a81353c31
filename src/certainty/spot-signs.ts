import { quantile } from "../base/quantiles.js";
import { rowsIn } from "./bands.js";
import type { Ground } from "./ground.js";
import type { MapPeaks, Peak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";
import { isWhole, type SpotImage, spotImage } from "./spot-image.js";

/** What the spots of a frame are like. Logarithms are natural. */
export interface SpotSigns {
  /** Logarithm of the usual standard deviation, pixels, and how far it differs between spots. */
  width: number;
  widthSpread: number;
  elongation: number;
  /** How far spots are long in the same direction. */
  aligned: number;
  /** Logarithms of light over noise: of the usual spot, of a faint and of a bright one. */
  brightness: number;
  faint: number;
  bright: number;
  skirt: number;
  /** Share of spots with several pixels as bright as the brightest. */
  clipped: number;
  /** Logarithms of the usual distance to the next spot: pixels, and over that of spots anywhere. */
  nearest: number;
  crowding: number;
  /** How far those distances differ, of themselves. */
  nearestSpread: number;
  /** Share of spots whose next spot has them as its own next one, and of those as far from it as usual within a pixel. */
  mutual: number;
  alike: number;
  /** Share of spots that can be looked at at all. */
  seen: number;
}

/** Spots that are looked at, at most; evenly over the frame. */
const LOOKED_AT = 24;
/** Distance from which on the next spot does not spoil a spot's shape, pixels, and how many such spots are enough. */
const [ALONE, ENOUGH_ALONE] = [7, 3];
/** Sum of the map about a spot from which on it may be two, whose image is long. */
const MOST_OF_ONE = 1.4;
/** Distances to the next spot are alike within this, pixels. */
const ALIKE = 1;
/** Brightness from which on a spot has a shape, in deviations of its noise. */
const CLEAR = 8;
/** Pixels of a spot that may be the brightest by chance. */
const CLIPPED_BY_CHANCE = 1;
/** What is said of spots where there are none. */
const NONE: SpotSigns = {
  ...{ width: 0.3, widthSpread: 0.3, elongation: 0.15, aligned: 0.1 },
  ...{ brightness: 2, faint: 2, bright: 2, skirt: 0.3, clipped: 0 },
  ...{ nearest: 2.5, crowding: 0, nearestSpread: 0.5, mutual: 0.6, alike: 0.3, seen: 0 },
};

/** Looks at the spots at a map's peaks. */
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
  // The shape of a faint spot is that of its noise.
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

/** The nearest other peak; infinitely far where there is none. Peaks come row by row, so that the search ends where rows are too far. */
function nextOf(peaks: readonly Peak[], i: number): Next {
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

function neighbourSigns(peaks: readonly Peak[], area: number) {
  if (peaks.length < 2) {
    const { nearest, crowding, nearestSpread, mutual, alike } = NONE;
    return { nearest, crowding, nearestSpread, mutual, alike };
  }
  const taken = evenly(peaks.length, LOOKED_AT);
  const next = taken.map((i) => nextOf(peaks, i));
  const distances = next.map(({ distance }) => distance).sort(ascending);
  const usual = quantile(distances, 0.5);
  // The mean distance to the next of points that lie anywhere.
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
