import { median, robustDeviation } from "../../base/quantiles.js";
import { mean } from "../../evaluate/measures.js";
import { Blur } from "../../frames/blur.js";
import type { DarkRun } from "./dark-moments.js";
import type { RunBackground } from "./run-background.js";

/** Least standard deviation of the blur that smooths the background, pixels. */
const LEAST_BLUR = 1.5;
/**
 * Noise of the smooth background over its shot noise. A twentieth is wanted; this leaves a margin.
 */
const NOISE_SHARE = 1 / 24;
/** Blur of the background that single pixels are compared with, pixels. */
const PATTERN_BLUR = 2;
/** Dark frames that a pixel needs to be compared. */
const FEWEST_FRAMES = 16;

/** Dark frames of a run that a pixel needs to contribute to the run's level. */
const FEWEST_IN_RUN = 8;

/** The level of the dark pixels in one frame. */
interface FrameLevel {
  /** Number of the frame, counted over all stacks. */
  index: number;
  level: number;
}

/** Collects the dark pixels of all runs, counts. */
export class BackgroundSummary {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly levels: FrameLevel[] = [];

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.sums = new Float64Array(width * height);
    this.counts = new Float64Array(width * height);
  }

  /** @param first number of the run's first frame, counted over all stacks */
  add({ means, counts }: DarkRun, { frames }: RunBackground, first: number): void {
    const seen = means.filter((_, i) => counts[i]! >= FEWEST_IN_RUN);
    const level = mean([...(seen.length > 0 ? seen : means)]);
    for (const [i, above] of frames.entries()) this.levels.push({ index: first + i, level: level + above });
    for (let i = 0; i < means.length; i++) {
      this.sums[i] = this.sums[i]! + counts[i]! * (means[i]! - level);
      this.counts[i] = this.counts[i]! + counts[i]!;
    }
  }

  /**
   * The change from the first frame to the last, relative to the light in the first.
   * It is taken from a straight line of least squares.
   * @param frames of all stacks together
   */
  change(offset: number, frames: number): number {
    const { levels } = this;
    const level = mean(levels.map((each) => each.level));
    const middle = mean(levels.map(({ index }) => index));
    const squares = levels.reduce((sum, { index }) => sum + (index - middle) ** 2, 0);
    const product = levels.reduce((sum, each) => sum + (each.index - middle) * (each.level - level), 0);
    const slope = squares > 0 ? product / squares : 0;
    const first = level - slope * middle - offset;
    return first > 0 ? (slope * (frames - 1)) / first : 0;
  }

  /** The background without noise, counts. */
  smooth(): Float32Array {
    const typical = Math.max(1, median(this.counts));
    // A blur of width sigma divides white noise by 2 sigma √π.
    const sigma = 1 / (NOISE_SHARE * Math.sqrt(typical) * 2 * Math.sqrt(Math.PI));
    const level = mean(this.levels.map((each) => each.level));
    return this.blurred(Math.max(LEAST_BLUR, sigma)).map((value) => value + level);
  }

  private blurred(sigma: number): Float32Array {
    const { width, height } = this;
    const blur = new Blur(width, height, sigma);
    const [sums, counts] = [Float32Array.from(this.sums), Float32Array.from(this.counts)];
    blur.apply(sums, sums);
    blur.apply(counts, counts);
    return sums.map((value, i) => (counts[i]! > 0 ? value / counts[i]! : 0));
  }

  /**
   * The fixed pattern: standard deviation between pixels of what is constant over time, counts.
   * A smooth background does not count.
   * @param variance of a pixel's noise in one frame
   */
  fixedPattern(variance: number): number {
    const { sums, counts, width, height } = this;
    const smooth = this.blurred(PATTERN_BLUR);
    const known = Uint32Array.from(counts.keys()).filter((i) => counts[i]! >= FEWEST_FRAMES);
    if (known.length === 0) return 0;
    const rests = Float64Array.from(known, (i) => sums[i]! / counts[i]! - smooth[i]!);
    const noise = known.reduce((sum, i) => sum + variance / counts[i]!, 0) / known.length;
    const { own, squares } = new Blur(width, height, PATTERN_BLUR);
    const left = 1 - 2 * own + squares;
    return Math.sqrt(Math.max(0, robustDeviation(rests, median(rests)) ** 2 / left - noise));
  }
}
