import { quantile } from "../base/quantiles.js";
import type { Ground } from "./ground.js";
import type { MapPeak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";
import { isWhole, type SpotImage, spotImage } from "./spot-image.js";

/**
 * Spots that stand out in the middle of a frame, found without its map: what a network makes of
 * spots that it does not know is anything.
 */
export interface ClearSpots {
  /** Number of spots. */
  found: number;
  /**
   * Logarithm of the median spot's standard deviation, pixels; that of a narrow spot; how much they
   * differ.
   */
  width: number;
  narrow: number;
  widthSpread: number;
  /** The same of a median and of a narrow spot seen from farther, bins: tells wide spots apart. */
  extent: number;
  narrowExtent: number;
  /** Elongation of a median spot, and of a long one. */
  long: number;
  longest: number;
  /** Mean elongation in one direction, the same for all spots. */
  aligned: number;
  /**
   * How far elongations differ along one pair of axes at a right angle more than along the other:
   * relative to their sum, and as a difference of deviations.
   */
  axes: number;
  lens: number;
  /** Correlation of width and elongation. */
  longByWidth: number;
  /** Light farther out, relative to the light within. */
  skirt: number;
  /** Logarithm of a median spot's height relative to the brightest pixel's. */
  level: number;
  /** Share of spots with several pixels of the brightest value. */
  clipped: number;
  /** Logarithm of light over noise of a median spot whose shape was taken. */
  brightness: number;
  /** Excess of pairs at one distance over chance, in deviations; and that distance, pixels. */
  pairs: number;
  apart: number;
  /** Share of spots with exactly one other spot at that distance. */
  partnered: number;
  /** How far nearest spots lie along rows and columns. */
  crossed: number;
}

/** Side of a bin, pixels, and most bins along each axis. */
const [BIN, BINS] = [2, 64];
/** Distance of a spot's surroundings, bins. */
const AROUND = 4;
/** Deviations of a bin's noise by which a spot stands out. */
const STANDS_OUT = 5;
/** Most spots: of all, of those whose shapes are taken, and whose distances. The clearest ones. */
const [PLACES, SHAPED, PAIRED] = [48, 20, 32];
/** Places as near to a clearer one are the same spot, bins along each axis. */
const SAME = 1;
/** Distance at which a spot does not affect another's shape, pixels, and how many are enough. */
const [ALONE, ENOUGH_ALONE] = [7, 3];
/** Light over noise from which a spot has a shape. */
const CLEAR = 8;
/** Pixels of a spot that may have the brightest value by chance. */
const CLIPPED_BY_CHANCE = 1;
/** Distances of pairs, pixels, and the step between classes; a class is two steps wide. */
const [NEAREST, FARTHEST, STEP] = [3, 18, 0.75];
const STEPS = (FARTHEST - NEAREST) / STEP;
/** Largest logarithm of the ratio of two lobes' heights. */
const ALIKE = 0.4;

interface Spot extends MapPeak {
  prominence: number;
}

const bins = new Float32Array(BINS * BINS);
const steps = new Float64Array(STEPS);
/** Squared distances of the nearest other spots, and the cosines of four times their directions. */
const [nearest, angles] = [new Float64Array(PAIRED), new Float64Array(PAIRED)];

const NONE: ClearSpots = {
  ...{ found: 0, width: 0.3, narrow: 0.2, widthSpread: 0.3, extent: 0, narrowExtent: -0.2 },
  ...{ long: 0.2, longest: 0.4, aligned: 0.1, axes: 0.7, lens: 0.1, longByWidth: 0, skirt: 0.3 },
  ...{ level: -0.7, clipped: 0, brightness: 2, pairs: 0, apart: 8, partnered: 0, crossed: 0 },
};

/** Finds the clear spots of a frame and takes their signs. */
export function clearSpotsOf(frame: SignedFrame, ground: Ground): ClearSpots {
  const across = Math.min(BINS, Math.floor(frame.width / BIN));
  const down = Math.min(BINS, Math.floor(frame.height / BIN));
  const left = Math.floor((frame.width - across * BIN) / 2);
  const top = Math.floor((frame.height - down * BIN) / 2);
  fillBins(frame, left, top, across, down);
  const places = findPlaces(across, down, ground);
  if (places.length === 0) return NONE;
  const spots = places.map(({ x, y, prominence }) => ({
    ...peakOf(frame, left + x * BIN, top + y * BIN),
    prominence,
  }));
  const heights = spots
    .slice(0, SHAPED)
    .map(({ height }) => height)
    .sort(ascending);
  const range = Math.max(1e-9, frame.most - ground.middle);
  return {
    ...NONE,
    found: spots.length,
    level: Math.log(Math.max(0.01, (quantile(heights, 0.5) - ground.middle) / range)),
    ...shapesOf(frame, ground, spots),
    ...extentsOf(places, across, down, frame, ground),
    ...pairsOf(spots, across * down * BIN * BIN),
  };
}

function fillBins(
  { pixels, width }: SignedFrame,
  left: number,
  top: number,
  across: number,
  down: number,
): void {
  for (let y = 0, bin = 0; y < down; y++) {
    let at = (top + y * BIN) * width + left;
    for (let x = 0; x < across; x++, at += BIN, bin++) {
      bins[bin] =
        (pixels[at]! + pixels[at + 1]! + pixels[at + width]! + pixels[at + width + 1]!) / (BIN * BIN);
    }
  }
}

interface Place {
  /** Bins. */
  x: number;
  y: number;
  prominence: number;
}

/** The clearest places first. */
function findPlaces(across: number, down: number, { noise, middle }: Ground): Place[] {
  const deviation = noise / BIN;
  const least = middle + STANDS_OUT * deviation;
  const found: Place[] = [];
  for (let y = 1; y < down - 1; y++) {
    for (let x = 1, at = y * across + 1; x < across - 1; x++, at++) {
      const value = bins[at]!;
      if (value < least || !isHighest(at, across, value)) continue;
      const prominence = (value - surroundings(x, y, across, down)) / deviation;
      if (prominence >= STANDS_OUT) found.push({ x, y, prominence });
    }
  }
  found.sort((a, b) => b.prominence - a.prominence);
  const places: Place[] = [];
  for (let i = 0; i < found.length && places.length < PLACES; i++) {
    if (!isBeside(places, found[i]!)) places.push(found[i]!);
  }
  return places;
}

function isBeside(places: readonly Place[], { x, y }: Place): boolean {
  for (let i = 0; i < places.length; i++) {
    if (Math.abs(places[i]!.x - x) <= SAME && Math.abs(places[i]!.y - y) <= SAME) return true;
  }
  return false;
}

/** Among equal bins, the last one is the highest. */
function isHighest(at: number, across: number, value: number): boolean {
  return (
    bins[at + 1]! < value &&
    bins[at - 1]! <= value &&
    bins[at + across]! < value &&
    bins[at - across]! <= value &&
    bins[at + across + 1]! < value &&
    bins[at - across - 1]! <= value &&
    bins[at + across - 1]! < value &&
    bins[at - across + 1]! <= value
  );
}

/** Mean of the bins around a place, without the brightest two, which other spots may have lit. */
function surroundings(x: number, y: number, across: number, down: number): number {
  let [sum, places, first, second] = [0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let dy = -AROUND; dy <= AROUND; dy += AROUND) {
    for (let dx = -AROUND; dx <= AROUND; dx += AROUND) {
      const [column, row] = [x + dx, y + dy];
      if ((dx === 0 && dy === 0) || column < 0 || row < 0 || column >= across || row >= down) continue;
      const value = bins[row * across + column]!;
      sum += value;
      places++;
      if (value > first) [first, second] = [value, first];
      else if (value > second) second = value;
    }
  }
  return places > 2 ? (sum - first - second) / (places - 2) : Number.POSITIVE_INFINITY;
}

/** The pixel of a bin that has the most light in 3×3 pixels. */
function peakOf({ pixels, width, height }: SignedFrame, left: number, top: number): MapPeak {
  let [x, y, most] = [left, top, Number.NEGATIVE_INFINITY];
  for (let row = Math.max(1, top); row < Math.min(height - 1, top + BIN); row++) {
    for (let column = Math.max(1, left); column < Math.min(width - 1, left + BIN); column++) {
      let sum = 0;
      for (let at = (row - 1) * width + column; at <= (row + 1) * width + column; at += width) {
        sum += pixels[at - 1]! + pixels[at]! + pixels[at + 1]!;
      }
      if (sum > most) [x, y, most] = [column, row, sum];
    }
  }
  return { x, y, height: most / 9, mass: 1 };
}

function shapesOf(frame: SignedFrame, ground: Ground, spots: readonly Spot[]): Partial<ClearSpots> {
  const [all, alone]: [SpotImage[], SpotImage[]] = [[], []];
  for (let i = 0; i < spots.length && all.length < SHAPED; i++) {
    const spot = spots[i]!;
    if (!isWhole(spot, frame)) continue;
    const image = spotImage(frame, spot, ground);
    if (!image) continue;
    all.push(image);
    if (image.brightness > CLEAR && isAlone(spots, i)) alone.push(image);
  }
  const taken = alone.length >= ENOUGH_ALONE ? alone : all;
  if (taken.length === 0) return {};
  const sorted = (of: (shape: SpotImage) => number) => taken.map(of).sort(ascending);
  const widths = sorted(({ width }) => width);
  const elongations = sorted(({ elongation }) => elongation);
  return {
    width: quantile(widths, 0.5),
    narrow: quantile(widths, 0.2, Math.round),
    widthSpread: quantile(widths, 0.85) - quantile(widths, 0.15),
    long: quantile(elongations, 0.5),
    longest: quantile(elongations, 0.8, Math.round),
    ...directionsOf(taken),
    longByWidth: correlation(taken),
    skirt: quantile(
      sorted(({ skirt }) => skirt),
      0.5,
    ),
    clipped: all.filter(({ clipped }) => clipped > CLIPPED_BY_CHANCE).length / all.length,
    brightness: Math.log(
      Math.max(
        0.1,
        quantile(
          sorted(({ brightness }) => brightness),
          0.5,
        ),
      ),
    ),
  };
}

function isAlone(spots: readonly Spot[], i: number): boolean {
  const { x, y } = spots[i]!;
  for (let j = 0; j < spots.length; j++) {
    if (j !== i && (spots[j]!.x - x) ** 2 + (spots[j]!.y - y) ** 2 < ALONE * ALONE) return false;
  }
  return true;
}

/** The two deviations of elongations from their mean, along their main axes. */
function directionsOf(shapes: readonly SpotImage[]): Pick<ClearSpots, "aligned" | "axes" | "lens"> {
  let [alongs, diagonals, both, meanAlong, meanDiagonal] = [0, 0, 0, 0, 0];
  for (const { along, diagonal } of shapes) {
    alongs += along * along;
    diagonals += diagonal * diagonal;
    both += along * diagonal;
    meanAlong += along;
    meanDiagonal += diagonal;
  }
  const n = shapes.length;
  alongs -= meanAlong ** 2 / n;
  diagonals -= meanDiagonal ** 2 / n;
  both -= (meanAlong * meanDiagonal) / n;
  const [sum, difference] = [alongs + diagonals, Math.hypot(alongs - diagonals, 2 * both)];
  const deviation = (squares: number) => Math.min(1, Math.sqrt(Math.max(0, squares) / 2 / n));
  return {
    aligned: Math.min(1, Math.hypot(meanAlong, meanDiagonal) / n),
    axes: difference / Math.max(1e-6, sum),
    lens: deviation(sum + difference) - deviation(sum - difference),
  };
}

function correlation(shapes: readonly SpotImage[]): number {
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (const { width, elongation } of shapes) {
    x += width;
    y += elongation;
    xx += width * width;
    yy += elongation * elongation;
    xy += width * elongation;
  }
  const n = shapes.length;
  return (xy - (x * y) / n) / Math.sqrt(Math.max(1e-6, (xx - (x * x) / n) * (yy - (y * y) / n)));
}

/** Widths in the bins; that of a spot too wide for it is the largest. */
function extentsOf(
  places: readonly Place[],
  across: number,
  down: number,
  { least, most }: SignedFrame,
  ground: Ground,
): Pick<ClearSpots, "extent" | "narrowExtent"> {
  const binned = { pixels: bins, width: across, height: down, least, most } as SignedFrame;
  const extents: number[] = [];
  for (const { x, y } of places) {
    const peak = { x, y, height: 1, mass: 1 };
    if (!isWhole(peak, binned)) continue;
    extents.push(spotImage(binned, peak, ground)?.width ?? WIDEST);
    if (extents.length === SHAPED) break;
  }
  if (extents.length === 0) return { extent: NONE.extent, narrowExtent: NONE.narrowExtent };
  extents.sort(ascending);
  return { extent: quantile(extents, 0.5), narrowExtent: quantile(extents, 0.2, Math.round) };
}

/** Logarithm of a width beyond all that {@link spotImage} tells, bins. */
const WIDEST = 2.2;

/** Compares the numbers of pairs of similar spots at each distance with those at other distances. */
function pairsOf(spots: readonly Spot[], area: number): Partial<ClearSpots> {
  const n = Math.min(PAIRED, spots.length);
  if (n < 2) return {};
  steps.fill(0);
  nearest.fill(FARTHEST * FARTHEST, 0, n);
  let [similar, inReach] = [0, 0];
  for (let i = 0; i < n; i++) {
    const { x, y, prominence } = spots[i]!;
    const least = prominence * Math.exp(-ALIKE);
    for (let j = i + 1; j < n; j++) {
      const other = spots[j]!;
      const [a, b] = [(other.x - x) ** 2, (other.y - y) ** 2];
      const squared = a + b;
      if (squared < nearest[i]! || squared < nearest[j]!) {
        // The cosine of four times the angle.
        const angle = 1 - (8 * a * b) / (squared * squared || 1);
        if (squared < nearest[i]!) [nearest[i], angles[i]] = [squared, angle];
        if (squared < nearest[j]!) [nearest[j], angles[j]] = [squared, angle];
      }
      if (other.prominence < least) continue;
      similar++;
      const step = Math.floor((Math.sqrt(squared) - NEAREST) / STEP);
      if (step >= 0 && step < STEPS) {
        steps[step] = steps[step]! + 1;
        inReach++;
      }
    }
  }
  let [crossed, directed] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (nearest[i]! >= FARTHEST * FARTHEST) continue;
    crossed += angles[i]!;
    directed++;
  }
  const everywhere = similar / area;
  const reach = Math.PI * (FARTHEST ** 2 - NEAREST ** 2);
  let [pairs, apart] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < STEPS - 1; k++) {
    const from = NEAREST + k * STEP;
    const ring = Math.PI * ((from + 2 * STEP) ** 2 - from ** 2);
    const here = steps[k]! + steps[k + 1]!;
    // Structures have more pairs at all short distances.
    const expected = ring * Math.max(everywhere, (inReach - here) / (reach - ring));
    const excess = (here - expected) / Math.sqrt(expected + 1);
    if (excess > pairs) [pairs, apart] = [excess, from + STEP];
  }
  return {
    pairs,
    apart,
    partnered: partneredShare(spots, n, apart),
    crossed: directed > 0 ? crossed / Math.sqrt(directed) : 0,
  };
}

function partneredShare(spots: readonly Spot[], n: number, apart: number): number {
  const [least, most] = [(apart - STEP) ** 2, (apart + STEP) ** 2];
  let partnered = 0;
  for (let i = 0; i < n; i++) {
    let others = 0;
    for (let j = 0; j < n; j++) {
      const squared = (spots[j]!.x - spots[i]!.x) ** 2 + (spots[j]!.y - spots[i]!.y) ** 2;
      if (j !== i && squared >= least && squared <= most) others++;
    }
    if (others === 1) partnered++;
  }
  return partnered / n;
}

function ascending(a: number, b: number): number {
  return a - b;
}
