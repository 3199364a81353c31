import type { Frame } from "../frames/frame.js";
import type { Spot } from "../spots/find-spots.js";

/** Points of a curve. */
export interface Curve {
  x: number[];
  y: number[];
}

/** Bins of a histogram. */
const BINS = 60;
/** Outermost ring of a profile, and a ring's width, pixels. */
const [PROFILE_REACH, RING] = [6, 0.5] as const;
/** Side of the squares whose spectra are averaged, pixels, and most squares in a frame. */
const [TILE, MOST_TILES] = [64, 16] as const;

/**
 * The share of pixels in each of equal bins between two values.
 * Values beyond are counted in the outermost bins.
 */
export function histogram(frames: readonly Frame[], low: number, high: number): Curve {
  const shares = new Float64Array(BINS);
  let pixels = 0;
  for (const frame of frames) {
    for (const value of frame.pixels) {
      shares[Math.min(BINS - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * BINS)))]!++;
    }
    pixels += frame.pixels.length;
  }
  const x = Array.from(shares, (_, i) => low + ((i + 0.5) / BINS) * (high - low));
  return { x, y: Array.from(shares, (count) => count / pixels) };
}

/**
 * The mean profile of spots: value over the distance from the brightest pixel.
 * It is scaled from 1 at the centre to 0 in the outermost ring.
 */
export function spotProfile(frames: readonly { frame: Frame; spots: readonly Spot[] }[]): Curve {
  const rings = Math.floor(PROFILE_REACH / RING) + 1;
  const [sums, counts] = [new Float64Array(rings), new Float64Array(rings)];
  for (const { frame, spots } of frames) {
    const { width, height, pixels } = frame;
    for (const { x, y } of spots) {
      if (Math.min(x, y, width - 1 - x, height - 1 - y) < PROFILE_REACH) continue;
      for (let dy = -PROFILE_REACH; dy <= PROFILE_REACH; dy++) {
        for (let dx = -PROFILE_REACH; dx <= PROFILE_REACH; dx++) {
          const ring = Math.round(Math.hypot(dx, dy) / RING);
          if (ring >= rings) continue;
          sums[ring]! += pixels[(y + dy) * width + x + dx]!;
          counts[ring]!++;
        }
      }
    }
  }
  const filled = Array.from(counts.keys()).filter((ring) => counts[ring]! > 0);
  const means = filled.map((ring) => sums[ring]! / counts[ring]!);
  const [top, floor] = [means[0] ?? 1, means.at(-1) ?? 0];
  return {
    x: filled.map((ring) => ring * RING),
    y: means.map((value) => (value - floor) / (top - floor || 1)),
  };
}

/**
 * Mean power of a frame over spatial frequency, relative to that of the noise.
 * It shows how the variance is shared between structure and grain. The noise is taken from the
 * highest quarter of the frequencies, where it is alone. Squares of 64 pixels, without their mean,
 * are weighed with a cosine.
 */
export function powerSpectrum(frames: readonly Frame[]): Curve {
  const power = new Float64Array(TILE / 2);
  const counts = new Float64Array(TILE / 2);
  for (const frame of frames) {
    for (const tile of tilesOf(frame)) addPower(tile, power, counts);
  }
  const rings = Array.from(power.keys()).filter((ring) => ring > 0 && counts[ring]! > 0);
  const mean = (ring: number) => power[ring]! / counts[ring]!;
  const finest = rings.filter((ring) => ring >= (3 * TILE) / 8).map(mean);
  const noise = finest.reduce((sum, value) => sum + value, 0) / Math.max(1, finest.length) || 1;
  return { x: rings.map((ring) => ring / TILE), y: rings.map((ring) => Math.log10(mean(ring) / noise)) };
}

function tilesOf({ width, height, pixels }: Frame): Float64Array[] {
  const tiles: Float64Array[] = [];
  for (let top = 0; top + TILE <= height && tiles.length < MOST_TILES; top += TILE) {
    for (let left = 0; left + TILE <= width && tiles.length < MOST_TILES; left += TILE) {
      const tile = new Float64Array(TILE * TILE);
      for (let y = 0; y < TILE; y++) {
        for (let x = 0; x < TILE; x++) tile[y * TILE + x] = pixels[(top + y) * width + left + x]!;
      }
      tiles.push(windowed(tile));
    }
  }
  return tiles;
}

function windowed(tile: Float64Array): Float64Array {
  const mean = tile.reduce((sum, value) => sum + value, 0) / tile.length;
  const weight = (i: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / TILE);
  return tile.map((value, i) => (value - mean) * weight(i % TILE) * weight(Math.floor(i / TILE)));
}

const COSINES = Float64Array.from({ length: TILE }, (_, i) => Math.cos((2 * Math.PI * i) / TILE));
const SINES = Float64Array.from({ length: TILE }, (_, i) => Math.sin((2 * Math.PI * i) / TILE));

/**
 * Adds |F|² of a tile to the rings of its frequencies. F takes two passes of one-dimensional
 * transforms.
 */
function addPower(tile: Float64Array, power: Float64Array, counts: Float64Array): void {
  const [rowsReal, rowsImaginary] = [new Float64Array(TILE * TILE), new Float64Array(TILE * TILE)];
  for (let y = 0; y < TILE; y++) {
    for (let u = 0; u < TILE; u++) {
      let [real, imaginary] = [0, 0];
      for (let x = 0; x < TILE; x++) {
        const value = tile[y * TILE + x]!;
        const at = (u * x) % TILE;
        real += value * COSINES[at]!;
        imaginary -= value * SINES[at]!;
      }
      rowsReal[y * TILE + u] = real;
      rowsImaginary[y * TILE + u] = imaginary;
    }
  }
  for (let u = 0; u < TILE; u++) {
    for (let v = 0; v < TILE; v++) {
      let [real, imaginary] = [0, 0];
      for (let y = 0; y < TILE; y++) {
        const [a, b] = [rowsReal[y * TILE + u]!, rowsImaginary[y * TILE + u]!];
        const at = (v * y) % TILE;
        real += a * COSINES[at]! + b * SINES[at]!;
        imaginary += b * COSINES[at]! - a * SINES[at]!;
      }
      const frequency = Math.hypot(Math.min(u, TILE - u), Math.min(v, TILE - v));
      const ring = Math.round(frequency);
      if (ring >= power.length) continue;
      power[ring]! += real * real + imaginary * imaginary;
      counts[ring]!++;
    }
  }
}
