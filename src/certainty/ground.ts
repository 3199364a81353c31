import { quantile } from "../base/quantiles.js";
import type { PixelArray } from "../frames/frame.js";
import type { SignedFrame } from "./signed-frame.js";

/** Distances at which pixels are compared. */
const LAGS = [1, 2, 3, 5, 8] as const;

/** A frame's pixels in general, without looking for spots. Values are in camera units. */
export interface Ground {
  /** Standard deviation of a pixel's noise. */
  noise: number;
  /** For each of {@link LAGS}, how much pixels differ in the frame's dark places. */
  usual: number[];
  /** How much neighbouring pixels, and distant ones, differ in places with large differences. */
  near: Differences;
  far: Differences;
  /** Quantiles of the pixels. */
  dark: number;
  lower: number;
  middle: number;
  upper: number;
  bright: number;
  /** Share of pixels with the darkest value. */
  darkest: number;
}

export interface Differences {
  /** The difference that 15 % exceed, and the one that 3 % exceed. */
  large: number;
  largest: number;
}

/** Most pixels that are used. What they show is the same all over a frame. */
const SITES = 256;
/** Share of the pixels that counts as dark, where there is mostly noise. */
const DARK = 0.4;
/** Values beyond this many means are left out, such as those at a spot's edge. */
const OUTLYING = 2.5;
/** Mean of the remaining absolute values of a normal variable, in standard deviations. */
const MEAN_OF_NORMAL = 0.7221;
/** Least noise, as a share of a frame's range, so that ratios to it are finite. */
const LEAST_NOISE = 1e-4;

const differences = LAGS.map(() => new Float32Array(SITES));
const seen = new Float32Array(SITES);
const ordered = new Float32Array(SITES);

/** Measures pixels spread evenly over a frame. */
export function groundOf({ pixels, width, height, least, most }: SignedFrame): Ground {
  const largest = LAGS.at(-1)!;
  const [across, down] = [width - largest, height - largest];
  const places = Math.max(0, across) * Math.max(0, down);
  const sites = Math.min(SITES, places);
  for (let site = 0; site < sites; site++) {
    const place = Math.floor((site * places) / sites);
    const at = Math.floor(place / across) * width + (place % across);
    seen[site] = pixels[at]!;
    for (let l = 0; l < LAGS.length; l++) differences[l]![site] = crossed(pixels, at, LAGS[l]!, width);
  }
  const values = ordered.subarray(0, sites);
  values.set(seen.subarray(0, sites));
  values.sort();
  const floor = LEAST_NOISE * (most - least) || 1;
  const limit = quantile(values, DARK);
  const usual = differences.map((each) => Math.max(meanOfDark(each, sites, limit), floor));
  let darkest = 0;
  while (darkest < sites && values[darkest] === least) darkest++;
  return {
    noise: usual[0]! / MEAN_OF_NORMAL,
    usual,
    near: largeOf(differences[0]!, sites, floor),
    far: largeOf(differences.at(-1)!, sites, floor),
    dark: quantile(values, 0.05),
    lower: quantile(values, 0.25),
    middle: quantile(values, 0.5),
    upper: quantile(values, 0.75),
    bright: quantile(values, 0.95),
    darkest: sites > 0 ? darkest / sites : 0,
  };
}

/**
 * Distance of four pixels at the corners of a square from a plane.
 * With white noise, it deviates as a single pixel does.
 */
function crossed(pixels: PixelArray, at: number, side: number, width: number): number {
  const below = at + side * width;
  return Math.abs(pixels[at]! - pixels[at + side]! - pixels[below]! + pixels[below + side]!) / 2;
}

function largeOf(values: Float32Array, sites: number, floor: number): Differences {
  const sorted = values.subarray(0, sites).sort();
  return {
    large: Math.max(quantile(sorted, 0.85), floor),
    largest: Math.max(quantile(sorted, 0.97), floor),
  };
}

/** Mean over dark places, without outlying values. */
function meanOfDark(values: Float32Array, sites: number, limit: number): number {
  let most = Number.POSITIVE_INFINITY;
  let mean = 0;
  for (let pass = 0; pass < 2; pass++) {
    let [sum, places] = [0, 0];
    for (let site = 0; site < sites; site++) {
      if (seen[site]! > limit || values[site]! > most) continue;
      sum += values[site]!;
      places++;
    }
    mean = places > 0 ? sum / places : 0;
    most = OUTLYING * mean;
  }
  return mean;
}
