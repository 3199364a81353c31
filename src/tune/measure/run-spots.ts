import { median } from "../../base/quantiles.js";
import { Blur } from "../../frames/blur.js";
import { LightMask } from "./light-mask.js";
import { nearestOf } from "./nearby.js";
import type { Pauses } from "./pauses.js";
import { firstBackground, type RunBackground, subtractBackground } from "./run-background.js";
import type { RunFrames } from "./run-frames.js";
import { fitReach, fitSpot, type SpotFit } from "./spot-fit.js";
import { type FilteredFrame, peaksOf, type SpotPeak } from "./spot-peaks.js";

/** The fit of a spot that looks like a molecule. */
export interface MoleculeFit extends SpotFit {
  /** Whether one of its pixels is saturated: it has more light than was found, and is narrower. */
  saturated: boolean;
}

/** A significant peak in a frame of a run. */
export interface RunSpot extends SpotPeak {
  frame: number;
  /** Whether no other peak is near, not even a faint one. */
  isolated: boolean;
  /** Fit of an isolated spot that looks like a molecule. */
  fit?: MoleculeFit;
}

/** Spots of a run, frame by frame, with the background and mask that were found on the way. */
export interface RunSpots {
  /** Spots of each frame, row by row from the top. */
  spots: RunSpot[][];
  background: RunBackground;
  /** Where light of molecules may be. */
  mask: LightMask;
}

/** Least significance of a spot, and of a peak that may keep a spot from being isolated. */
export const [SPOT_SIGNIFICANCE, FAINT_SIGNIFICANCE] = [5.5, 3.5];
/** Least distance of an isolated spot to any other peak, standard deviations of its image. */
const ISOLATION = 5.5;
/** Unmasked frames below which a pixel's first background is better than their mean. */
const FEWEST_FRAMES = 5;
/** Pixels that give the level of a frame as a whole, about. */
const LEVEL_PIXELS = 16_384;

/**
 * Finds and fits the spots of a run, in two passes.
 * The background is known well only once the spots are known.
 * @param deviation of each pixel's noise, counts (H,W)
 * @param sigma approximate standard deviation of a molecule's image, pixels
 * @param saturation counts at which a pixel saturates
 */
export async function findRunSpots(
  run: RunFrames,
  deviation: Float32Array,
  sigma: number,
  saturation: number,
  pauses: Pauses,
): Promise<RunSpots> {
  const first = await firstBackground(run, deviation, pauses);
  const rough = await searchRun(run, first, deviation, sigma, undefined, pauses);
  const background = await maskedBackground(run, rough.mask, first, pauses);
  return { ...(await searchRun(run, background, deviation, sigma, saturation, pauses)), background };
}

async function searchRun(
  run: RunFrames,
  background: RunBackground,
  deviation: Float32Array,
  sigma: number,
  /** Undefined: spots are not fitted. */
  saturation: number | undefined,
  pauses: Pauses,
): Promise<Pick<RunSpots, "spots" | "mask">> {
  const { width, height, frames } = run;
  const blur = new Blur(width, height, sigma);
  const mask = new LightMask(run, blur, sigma);
  const [residual, blurred] = [new Float32Array(width * height), new Float32Array(width * height)];
  const spots: RunSpot[][] = [];
  for (let frame = 0; frame < frames; frame++) {
    subtractBackground(run, frame, background, residual);
    blur.apply(residual, blurred);
    const filtered: FilteredFrame = { width, height, blurred, deviation, blur };
    const peaks = peaksOf(filtered, FAINT_SIGNIFICANCE);
    const found = peaks.filter(({ significance }) => significance >= SPOT_SIGNIFICANCE);
    mask.add(frame, residual, filtered, found);
    await pauses.pause();
    if (saturation === undefined) continue;
    const fitted = (peak: SpotPeak) => {
      const fit = fitSpot(residual, width, peak.x, peak.y, sigma);
      return fit && { ...fit, saturated: isSaturated(run, frame, peak, fitReach(sigma), saturation) };
    };
    spots.push(spotsOf(frame, peaks, width, height, sigma, fitted));
    await pauses.pause();
  }
  return { spots, mask };
}

function spotsOf(
  frame: number,
  peaks: readonly SpotPeak[],
  width: number,
  height: number,
  sigma: number,
  fitted: (peak: SpotPeak) => MoleculeFit | undefined,
): RunSpot[] {
  const distance = Math.max(fitReach(sigma) + 1, ISOLATION * sigma);
  const spots: RunSpot[] = [];
  for (const peak of peaks) {
    if (peak.significance < SPOT_SIGNIFICANCE) continue;
    const { x, y } = peak;
    const inside = Math.min(x, y, width - 1 - x, height - 1 - y) >= fitReach(sigma);
    const isolated = inside && nearestOf(peaks, peak, distance) === undefined;
    const fit = isolated ? fitted(peak) : undefined;
    spots.push({ ...peak, frame, isolated, ...(fit && { fit }) });
  }
  return spots;
}

function isSaturated(
  { width, height, values }: RunFrames,
  frame: number,
  { x, y }: SpotPeak,
  reach: number,
  saturation: number,
): boolean {
  for (let row = Math.round(y) - reach; row <= Math.round(y) + reach; row++) {
    const start = frame * width * height + row * width + Math.round(x);
    for (let at = start - reach; at <= start + reach; at++) if (values[at]! >= saturation) return true;
  }
  return false;
}

/** The background from dark pixels alone: of each pixel over time, and of each frame as a whole. */
async function maskedBackground(
  run: RunFrames,
  mask: LightMask,
  first: RunBackground,
  pauses: Pauses,
): Promise<RunBackground> {
  const { width, height, frames, values } = run;
  const area = width * height;
  const above = new Float64Array(frames);
  const dark = new Uint8Array(area);
  const step = Math.max(1, Math.floor(area / LEVEL_PIXELS));
  for (let frame = 0; frame < frames; frame++) {
    mask.darkPixels(frame, dark);
    const rests: number[] = [];
    for (let i = 0; i < area; i += step)
      if (dark[i]) rests.push(values[frame * area + i]! - first.pixels[i]!);
    // The median: where a molecule is on for nearly all of a run, the first estimate is far off.
    above[frame] = rests.length > 0 ? median(rests) : 0;
    await pauses.pause();
  }
  const middle = above.reduce((sum, value) => sum + value, 0) / frames;
  for (let frame = 0; frame < frames; frame++) above[frame] = above[frame]! - middle;
  const [sums, counts] = [new Float64Array(area), new Uint16Array(area)];
  for (let frame = 0; frame < frames; frame++) {
    mask.darkPixels(frame, dark);
    for (let i = 0; i < area; i++) {
      if (!dark[i]) continue;
      sums[i] = sums[i]! + values[frame * area + i]! - above[frame]!;
      counts[i] = counts[i]! + 1;
    }
    await pauses.pause();
  }
  const pixels = first.pixels.map((value, i) =>
    counts[i]! >= FEWEST_FRAMES ? sums[i]! / counts[i]! : value + middle,
  );
  return { pixels, frames: above };
}
