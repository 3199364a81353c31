import { awayShare } from "./away.js";
import { type Band, CELL, rowsIn } from "./bands.js";
import { blobsOf } from "./blobs.js";
import { clearSpotsOf } from "./clear-spots.js";
import { cutOffOf } from "./cut-off.js";
import { grainOf } from "./grain.js";
import { type Ground, groundOf } from "./ground.js";
import { type MapPeak, type MapPeaks, mapPeaks } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";
import { type SpotSigns, spotSigns } from "./spot-signs.js";

/**
 * Names of the signs, in order. Files hold them: a change of names or order makes older files void.
 */
export const SIGNS = [
  "area",
  "noise",
  "white2",
  "white3",
  "white5",
  "white8",
  "edgesNear",
  "edgesFar",
  "stepsNear",
  "stepsFar",
  "spread",
  "skew",
  "darkest",
  "count",
  "local",
  "peaks",
  "sharpness",
  "faintMap",
  "ambiguous",
  "single",
  "crowded",
  "clumped",
  "massOfPeak",
  "width",
  "widthSpread",
  "elongation",
  "aligned",
  "brightness",
  "faint",
  "bright",
  "skirt",
  "clipped",
  "nearest",
  "crowding",
  "nearestSpread",
  "mutual",
  "alike",
  "seen",
  "blobs",
  "blobProminence",
  "uncountedBlobs",
  "brightest",
  "adjacent",
  "shoulder",
  "coarse2",
  "coarse3",
  "linked",
  "coarsePart",
  "linkedPart",
  "striped",
  "parity",
  "tails",
  "ties",
  "steps",
  "clearFound",
  "clearWidth",
  "clearNarrow",
  "clearWidthSpread",
  "clearExtent",
  "clearNarrowExtent",
  "clearLong",
  "clearLongest",
  "clearAligned",
  "clearAxes",
  "clearLens",
  "clearLongByWidth",
  "clearSkirt",
  "clearLevel",
  "clearClipped",
  "clearBrightness",
  "clearPairs",
  "clearApart",
  "clearPartnered",
  "clearCrossed",
] as const;

export type Sign = (typeof SIGNS)[number];

/** What is told of a frame besides its counts. */
export interface Signs {
  /** Values in the order of {@link SIGNS}. */
  values: Float64Array;
  /** Share of the count away from any spot. */
  away: number;
}

/** Range of a peak's sum that is one molecule. */
const ONE = { least: 0.5, most: 1.5 } as const;
/** Deviation of single molecules' sums, where there are none. */
const NO_SINGLE = 0.2;

/** Takes the signs of a frame and its map. */
export function frameSigns(frame: SignedFrame): Signs {
  const ground = groundOf(frame);
  const map = mapPeaks(frame);
  const blobs = blobsOf(frame, map.peaks, ground);
  const values: Record<Sign, number> = {
    area: Math.log(frame.width * frame.height),
    ...groundSigns(frame, ground),
    ...mapSigns(frame, map),
    ...(spotSigns(frame, map, ground) satisfies SpotSigns),
    blobs: Math.log(0.05 + blobs.density),
    blobProminence: Math.log(blobs.prominence),
    uncountedBlobs: blobs.uncounted,
    ...upperSigns(frame, ground),
    ...grainOf(frame),
    ...clearSigns(frame, ground),
  };
  const away = awayShare(frame, map, ground);
  return { values: Float64Array.from(SIGNS, (name) => values[name]), away };
}

function groundSigns({ most }: SignedFrame, ground: Ground) {
  const { noise, usual, near, far, dark, lower, middle, upper, bright, darkest } = ground;
  const ratio = (value: number) => Math.log(value / usual[0]!);
  const [, white2, white3, white5, white8] = usual.map(ratio) as [number, number, number, number, number];
  return {
    noise: logAtLeast(noise / (most - middle || 1), 1e-4),
    ...{ white2, white3, white5, white8 },
    ...{ edgesNear: ratio(near.large), edgesFar: ratio(far.large) },
    ...{ stepsNear: ratio(near.largest), stepsFar: ratio(far.largest) },
    spread: logAtLeast((upper - lower) / noise, 1e-2),
    skew: logAtLeast((bright - middle) / noise, 0.1) - logAtLeast((middle - dark) / noise, 0.1),
    darkest: Math.log(0.01 + darkest),
  };
}

function upperSigns(frame: SignedFrame, { noise }: Ground) {
  const { brightest, adjacent, shoulder } = cutOffOf(frame, noise);
  return {
    brightest: Math.log(0.5 + brightest),
    adjacent: Math.log(0.5 + adjacent),
    shoulder: Math.log(1 + shoulder),
  };
}

function clearSigns(frame: SignedFrame, ground: Ground) {
  const clear = clearSpotsOf(frame, ground);
  return {
    clearFound: Math.log(0.5 + clear.found),
    clearWidth: clear.width,
    clearNarrow: clear.narrow,
    clearWidthSpread: clear.widthSpread,
    clearExtent: clear.extent,
    clearNarrowExtent: clear.narrowExtent,
    clearLong: clear.long,
    clearLongest: clear.longest,
    clearAligned: clear.aligned,
    clearAxes: clear.axes,
    clearLens: clear.lens,
    clearLongByWidth: clear.longByWidth,
    clearSkirt: clear.skirt,
    clearLevel: clear.level,
    clearClipped: clear.clipped,
    clearBrightness: clear.brightness,
    clearPairs: clear.pairs,
    clearApart: clear.apart,
    clearPartnered: clear.partnered,
    clearCrossed: clear.crossed,
  };
}

function mapSigns({ width, height, count, maxLocalCount }: SignedFrame, map: MapPeaks) {
  const { bands, peaks, squares, faint, sum } = map;
  // The bands stand for the whole frame.
  const share = rowsIn(bands) / height;
  let [ambiguous, singles, deviation, crowded, all] = [0, 0, 0, 0, 0];
  for (const { mass, height: weight } of peaks) {
    ambiguous += (mass - Math.round(mass)) ** 2;
    all += weight;
    if (mass > ONE.most) crowded += weight;
    if (mass > ONE.least && mass < ONE.most) {
      singles++;
      deviation += (mass - 1) ** 2;
    }
  }
  const logCount = Math.log(0.1 + Math.max(0, count));
  const logPeaks = Math.log(0.1 + peaks.length / share);
  return {
    count: logCount,
    local: Math.log(0.1 + Math.max(0, maxLocalCount)),
    peaks: logPeaks,
    sharpness: logAtLeast((squares * 4 * Math.PI) / Math.max(sum, 0.1), 1e-2),
    faintMap: logAtLeast(faint / share, 1e-2),
    ambiguous: logAtLeast(ambiguous / share, 1e-2),
    single: singles > 0 ? Math.sqrt(deviation / singles) : NO_SINGLE,
    crowded: all > 0 ? crowded / all : 0,
    clumped: clumping(peaks, width, bands),
    massOfPeak: logCount - logPeaks,
  };
}

/** Logarithm of variance over mean of the peaks in cells; 0 for random positions. */
function clumping(peaks: readonly MapPeak[], width: number, bands: readonly Band[]): number {
  if (peaks.length === 0) return 0;
  const across = Math.max(1, Math.floor(width / CELL));
  let [sum, squares, cells] = [0, 0, 0];
  let first = 0;
  for (const [from, to] of bands) {
    const down = Math.max(1, Math.floor((to - from) / CELL));
    const counts = new Float64Array(across * down);
    for (; first < peaks.length && peaks[first]!.y < to; first++) {
      const column = Math.min(across - 1, Math.floor(peaks[first]!.x / CELL));
      const row = Math.min(down - 1, Math.floor((peaks[first]!.y - from) / CELL));
      const cell = row * across + column;
      counts[cell] = counts[cell]! + 1;
    }
    cells += counts.length;
    for (const count of counts) {
      sum += count;
      squares += count * count;
    }
  }
  const mean = sum / cells;
  return Math.log(0.1 + (squares / cells - mean * mean) / mean);
}

function logAtLeast(value: number, least: number): number {
  return Math.log(Math.max(value, least));
}
