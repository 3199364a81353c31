import { awayShare } from "./away.js";
import { blobsOf } from "./blobs.js";
import { type Ground, groundOf } from "./ground.js";
import { type MapPeaks, mapPeaks, type Peak } from "./map-peaks.js";
import type { SignedFrame } from "./signed-frame.js";
import { type SpotSigns, spotSigns } from "./spot-signs.js";

/** Names of the signs, in their order. Files hold these names: another order or another sign makes older ones void. */
export const SIGNS = [
  "area",
  "noise",
  "white2",
  "white3",
  "white5",
  "white8",
  "edges1",
  "edges2",
  "edges3",
  "edges5",
  "edges8",
  "steps1",
  "steps2",
  "steps3",
  "steps5",
  "steps8",
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
] as const;

export type Sign = (typeof SIGNS)[number];

/** What there is to know of a frame besides its counts. */
export interface Signs {
  /** In the order of {@link SIGNS}. */
  values: Float64Array;
  /** Share of the count away from any spot. */
  away: number;
}

/** Side of the cells in which peaks are counted, pixels. */
const CELL = 16;
/** Sum around a peak up to which it is one molecule. */
const ONE = { least: 0.5, most: 1.5 } as const;
/** What is said of the deviation of single molecules' sums where there is none. */
const NO_SINGLE = 0.2;

/** Looks at a frame and its map. */
export function frameSigns(frame: SignedFrame): Signs {
  const ground = groundOf(frame);
  const map = mapPeaks(frame);
  const blobs = blobsOf(frame, map.peaks, ground);
  const values: Record<Sign, number> = {
    area: Math.log(frame.width * frame.height),
    ...groundSigns(frame, ground),
    ...mapSigns(frame, map),
    ...(spotSigns(frame, map.peaks, ground) satisfies SpotSigns),
    blobs: Math.log(0.05 + blobs.density),
    blobProminence: Math.log(blobs.prominence),
    uncountedBlobs: blobs.uncounted,
  };
  const away = awayShare(frame, map, ground);
  return { values: Float64Array.from(SIGNS, (name) => values[name]), away };
}

type OfLags = [number, number, number, number, number];

function groundSigns({ most }: SignedFrame, ground: Ground) {
  const { noise, usual, large, largest, dark, lower, middle, upper, bright, darkest } = ground;
  const ratio = (value: number) => Math.log(value / usual[0]!);
  const [, white2, white3, white5, white8] = usual.map(ratio) as OfLags;
  const [edges1, edges2, edges3, edges5, edges8] = large.map(ratio) as OfLags;
  const [steps1, steps2, steps3, steps5, steps8] = largest.map(ratio) as OfLags;
  return {
    noise: logAtLeast(noise / (most - middle || 1), 1e-4),
    ...{ white2, white3, white5, white8 },
    ...{ edges1, edges2, edges3, edges5, edges8 },
    ...{ steps1, steps2, steps3, steps5, steps8 },
    spread: logAtLeast((upper - lower) / noise, 1e-2),
    skew: logAtLeast((bright - middle) / noise, 0.1) - logAtLeast((middle - dark) / noise, 0.1),
    darkest: Math.log(0.01 + darkest),
  };
}

function mapSigns({ width, height, count, maxLocalCount }: SignedFrame, { peaks, squares, faint }: MapPeaks) {
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
  const logPeaks = Math.log(0.1 + peaks.length);
  return {
    count: logCount,
    local: Math.log(0.1 + Math.max(0, maxLocalCount)),
    peaks: logPeaks,
    sharpness: logAtLeast((squares * 4 * Math.PI) / Math.max(count, 0.1), 1e-2),
    faintMap: logAtLeast(faint, 1e-2),
    ambiguous: logAtLeast(ambiguous, 1e-2),
    single: singles > 0 ? Math.sqrt(deviation / singles) : NO_SINGLE,
    crowded: all > 0 ? crowded / all : 0,
    clumped: clumping(peaks, width, height),
    massOfPeak: logCount - logPeaks,
  };
}

/** Logarithm of the variance over the mean of peaks in cells: 0 where they lie anywhere. */
function clumping(peaks: readonly Peak[], width: number, height: number): number {
  if (peaks.length === 0) return 0;
  const [across, down] = [width, height].map((side) => Math.max(1, Math.floor(side / CELL))) as [
    number,
    number,
  ];
  const cells = new Float64Array(across * down);
  for (const { x, y } of peaks) {
    const [column, row] = [
      Math.min(across - 1, Math.floor(x / CELL)),
      Math.min(down - 1, Math.floor(y / CELL)),
    ];
    cells[row * across + column]!++;
  }
  const mean = peaks.length / cells.length;
  const variance = cells.reduce((sum, each) => sum + (each - mean) ** 2, 0) / cells.length;
  return Math.log(0.1 + variance / mean);
}

function logAtLeast(value: number, least: number): number {
  return Math.log(Math.max(value, least));
}
