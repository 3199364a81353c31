import { median, robustDeviation } from "../../base/quantiles.js";
import { mean } from "../../evaluate/measures.js";
import { Blur } from "../../frames/blur.js";
import type { DarkRun } from "./dark-moments.js";
import type { RunBackground } from "./run-background.js";

/** Least standard deviation of the blur that makes the background smooth, pixels. */
const LEAST_BLUR = 1.5;
/** A smooth background's noise over its shot noise, below what is asked for: a twentieth. */
const NOISE_SHARE = 1 / 24;
/** Blur against which pixels are compared for what stays of each, pixels. */
const PATTERN_BLUR = 2;
/** Dark frames that a pixel needs to be compared. */
const FEWEST_FRAMES = 16;

/** Dark frames of a run without which a pixel does not tell of the run's level. */
const FEWEST_IN_RUN = 8;

/** The level of one frame's dark pixels. */
interface FrameLevel {
  /** Index in all stacks together. */
  index: number;
  level: number;
}

/** Gathers the dark pixels of all runs, counts. */
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

  /** @param first index of the run's first frame in all stacks together */
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
   * The change from the first frame to the last, of the light in the first, by a straight line of least squares.
   * @param frames in all stacks together
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
    // White noise is divided by 2 sigma √π.
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
   * Standard deviation between pixels of what stays of each beyond a smooth background, counts.
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
