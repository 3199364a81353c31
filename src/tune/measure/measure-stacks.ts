import { InputError } from "../../base/errors.js";
import { median, quantile } from "../../base/quantiles.js";
import { mean } from "../../evaluate/measures.js";
import { type OpenOptions, openOptions } from "../../frames/open-options.js";
import { pixelSizeOf } from "../../frames/pixel-size.js";
import type { StackReader } from "../../frames/stack-reader.js";
import { openRecording } from "../own-frames.js";
import { BackgroundSummary } from "./background-summary.js";
import { busiestRegion } from "./busiest-region.js";
import { fitCamera } from "./camera-fit.js";
import { type DarkMoments, darkMoments } from "./dark-moments.js";
import { Histogram } from "./histogram.js";
import type { StackMeasurement } from "./measurement.js";
import { distributionOf, meanOf, singleMolecules, wholeFits } from "./molecule-light.js";
import { noiseMap } from "./noise-map.js";
import { addNoiseSamples, MOST_PAIRS, NoiseSamples } from "./noise-pairs.js";
import { meanOnTime } from "./on-time.js";
import { Pauses } from "./pauses.js";
import { noiseLine } from "./photon-transfer.js";
import { type RunFrames, readRun } from "./run-frames.js";
import { findRunSpots, type RunSpots } from "./run-spots.js";
import { type Region, type Run, runsOf, SHORTEST_RUN } from "./sampling.js";
import { measurePsf } from "./spot-widths.js";
import { type Track, tracksOf } from "./tracks.js";

export interface MeasureOptions extends OpenOptions {
  signal?: AbortSignal;
  /** @param share of the work that is done, 0 to 1 */
  onProgress?: (words: string, share: number) => void;
  /** Side of a pixel in the sample, nm. Left out: from the stack's calibration, else 100. */
  pixelSize?: number;
  /** Called with what the readers of the stacks had to decide or to lose, once all is read. */
  onNote?: (note: string) => void;
}

/** Least of everything that a measurement needs. */
export const LEAST = { frames: 20, isolated: 50, molecules: 10 } as const;
/** Width of molecules in the first search, pixels. */
const FIRST_SIGMA = 1.3;
/** Relative change of the width after which spots are searched again. */
const WIDTH_CHANGE = 0.08;
const MOST_WIDTH_ROUNDS = 3;
/** Frames that are searched to find the width: at least this many, up to this many pixels. */
const [WIDTH_FRAMES, WIDTH_PIXELS] = [25, 2_000_000];
/**
 * Distance within which another spot may hide that a molecule goes dark.
 * In standard deviations of a molecule's image.
 */
const HIDING = 4;
/**
 * Distance from the edges within which molecules outside matter and are not known.
 * In standard deviations of a molecule's image.
 */
const MARGIN = 4;
const DEFAULT_PIXEL_SIZE = 100;

/**
 * Measures camera, optics, molecules and background in stacks of blinking molecules.
 * It needs no ground truth. It uses at most 512×512 pixels where most blinks, and about 60 million
 * pixels in runs of frames, spread over all stacks. One run at a time is in memory.
 * @param paths stacks of one size, from the same experiment, in the order they were taken
 * @throws InputError as {@link openRecording} does; INPUT_SIZE for stacks of different sizes,
 * INPUT_UNMEASURABLE for too few frames or molecules; DefconError CANCELLED
 */
export async function measureStacks(
  paths: readonly string[],
  options: MeasureOptions = {},
): Promise<StackMeasurement> {
  const pauses = new Pauses(options.signal, options.onProgress);
  const stacks: StackReader[] = [];
  try {
    for (const path of paths) stacks.push(await openRecording(path, openOptions(options)));
    checkStacks(stacks);
    const pixelSize = options.pixelSize ?? pixelSizeOf(stacks[0]!.info.calibration) ?? DEFAULT_PIXEL_SIZE;
    const measurement = await new Measuring(stacks, pixelSize, pauses).measure();
    for (const { path, notes } of stacks) for (const note of notes) options.onNote?.(`${path}: ${note}`);
    return measurement;
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}

function checkStacks(stacks: readonly StackReader[]): void {
  const first = stacks[0];
  if (!first) {
    throw new InputError("INPUT_OPTION", { subject: "stacks", expected: "one or more", found: "none" });
  }
  for (const { path, info } of stacks) {
    const { width, height, pixelType } = first.info;
    if (info.width === width && info.height === height && info.pixelType === pixelType) continue;
    throw new InputError("INPUT_SIZE", {
      subject: path,
      expected: `${width} x ${height} ${pixelType} as in ${first.path}`,
      found: `${info.width} x ${info.height} ${info.pixelType}`,
      advice: "Measure stacks of different cameras or regions one at a time.",
    });
  }
  const frames = stacks.reduce((sum, { info }) => sum + info.frames, 0);
  if (frames < LEAST.frames) throw tooLittle(stacks, `${LEAST.frames} frames or more`, `${frames}`);
}

function tooLittle(stacks: readonly StackReader[], expected: string, found: string): InputError {
  return new InputError("INPUT_UNMEASURABLE", {
    subject: stacks.map(({ path }) => path).join(", "),
    expected,
    found,
    advice:
      "Give more consecutive frames of the same experiment, also from several stacks, in which single molecules blink apart from each other.",
  });
}

/** A measurement under way: what the runs so far have shown. */
class Measuring {
  private readonly histogram: Histogram;
  private readonly dark: DarkMoments[] = [];
  private readonly samples = new NoiseSamples();
  private readonly tracks: Track[] = [];
  private readonly spotsPerFrame: number[] = [];
  private isolated = 0;

  constructor(
    private readonly stacks: readonly StackReader[],
    private readonly pixelSize: number,
    private readonly pauses: Pauses,
  ) {
    this.histogram = new Histogram(stacks[0]!.info.pixelType);
  }

  async measure(): Promise<StackMeasurement> {
    const { stacks, pauses } = this;
    pauses.report("looking for where molecules blink", 0);
    const region = await busiestRegion(stacks, pauses);
    const runs = runsOf(
      stacks.map(({ info }) => info.frames),
      region.width * region.height,
    );
    if (runs.length === 0)
      throw tooLittle(stacks, `stacks of ${SHORTEST_RUN} frames or more`, "shorter ones");
    const sigma = await this.findWidth(runs[runs.length >> 1]!, region);
    const background = new BackgroundSummary(region.width, region.height);
    for (const [i, run] of runs.entries()) {
      pauses.report(`measuring frames, run ${i + 1} of ${runs.length}`, (i + 1) / (runs.length + 1));
      await this.addRun(run, region, sigma, Math.ceil(MOST_PAIRS / runs.length), background);
    }
    return await this.summary(region, background);
  }

  private read(run: Run, region: Region, histogram: Histogram): Promise<RunFrames> {
    return readRun(this.stacks[run.stack]!, run, region, histogram, this.pauses);
  }

  /** The width of molecules in one run, pixels, including the integration over a pixel. */
  private async findWidth(run: Run, region: Region): Promise<number> {
    this.pauses.report("measuring the width of molecules", 0.02);
    const histogram = new Histogram(this.stacks[0]!.info.pixelType);
    const length = Math.max(WIDTH_FRAMES, Math.floor(WIDTH_PIXELS / (region.width * region.height)));
    const frames = await this.read({ ...run, frames: Math.min(run.frames, length) }, region, histogram);
    const { level } = histogram.saturation();
    const deviation = await noiseMap(frames, this.pauses);
    let sigma = FIRST_SIGMA;
    for (let round = 0; round < MOST_WIDTH_ROUNDS; round++) {
      const { spots } = await findRunSpots(frames, deviation, sigma, level, this.pauses);
      const widths = spots.flat().flatMap(({ fit }) => (fit ? [Math.sqrt((fit.xx + fit.yy) / 2)] : []));
      if (widths.length < LEAST.molecules) return sigma;
      const next = median(widths);
      const change = Math.abs(next / sigma - 1);
      sigma = next;
      if (change < WIDTH_CHANGE) break;
    }
    return sigma;
  }

  private async addRun(
    run: Run,
    region: Region,
    sigma: number,
    pairs: number,
    summary: BackgroundSummary,
  ): Promise<void> {
    const { pauses } = this;
    const frames = await this.read(run, region, this.histogram);
    const deviation = await noiseMap(frames, pauses);
    const { level } = this.histogram.saturation();
    const found = await findRunSpots(frames, deviation, sigma, level, pauses);
    const dark = await darkMoments(frames, found.mask, found.background, Math.ceil(MARGIN * sigma), pauses);
    this.dark.push(...dark.moments);
    const before = this.stacks.slice(0, run.stack).reduce((sum, { info }) => sum + info.frames, 0);
    summary.add(dark, found.background, before + run.first);
    await this.addSpots(frames, found, sigma, pairs);
  }

  private async addSpots(
    frames: RunFrames,
    { spots }: RunSpots,
    sigma: number,
    pairs: number,
  ): Promise<void> {
    const { pauses } = this;
    const tracks = await tracksOf(spots, HIDING * sigma, pauses);
    const { level } = this.histogram.saturation();
    await addNoiseSamples(this.samples, frames, tracks, sigma, level, pairs, pauses);
    for (const track of tracks) this.tracks.push(track);
    for (const found of spots) {
      this.spotsPerFrame.push(found.length);
      this.isolated += found.filter(({ fit }) => fit !== undefined).length;
    }
  }

  private async summary({ width, height }: Region, background: BackgroundSummary): Promise<StackMeasurement> {
    const { stacks, tracks, dark, pixelSize, spotsPerFrame } = this;
    const molecules = singleMolecules(wholeFits(tracks));
    this.checkEnough(molecules.length);
    const line = await noiseLine(dark, this.samples, this.pauses);
    if (!line) {
      throw tooLittle(stacks, "noise that grows with light", "the same or less noise where molecules shine");
    }
    const { kind, countsPerElectron, offset, readNoise } = fitCamera(line, dark);
    const light = distributionOf(molecules, (fit) => fit.light);
    await this.pauses.pause();
    const pixels = background.smooth().map((value) => (value - offset) / countsPerElectron);
    await this.pauses.pause();
    const fixedPattern = background.fixedPattern(line.variance);
    await this.pauses.pause();
    const psf = measurePsf(molecules, pixelSize);
    const area = (width * height * pixelSize ** 2) / 1e6;
    const all = stacks.reduce((sum, { info }) => sum + info.frames, 0);
    return {
      frames: spotsPerFrame.length,
      width,
      height,
      pixelSize,
      camera: { kind, countsPerElectron, offset, readNoise, fixedPattern },
      psf,
      molecules: {
        light: meanOf(light) / countsPerElectron,
        spread: light.spread,
        onTime: meanOnTime(tracks),
        perFrame: percentiles(spotsPerFrame.map((count) => count / area)),
      },
      background: {
        level: mean([...pixels]),
        change: background.change(offset, all),
        image: { width, height, pixels },
      },
      spots: {
        found: spotsPerFrame.reduce((sum, count) => sum + count, 0),
        isolated: this.isolated,
        tracked: tracks.filter(({ spots }) => spots.length > 1).length,
      },
      saturated: this.histogram.saturation().share,
    };
  }

  private checkEnough(whole: number): void {
    const { stacks, isolated } = this;
    if (isolated < LEAST.isolated) {
      throw tooLittle(stacks, `${LEAST.isolated} or more spots apart from others`, `${isolated}`);
    }
    if (whole < LEAST.molecules) {
      throw tooLittle(
        stacks,
        `${LEAST.molecules} or more molecules that are on for three frames`,
        `${whole}`,
      );
    }
  }
}

function percentiles(values: readonly number[]): { low: number; middle: number; high: number } {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => quantile(sorted, share, Math.round);
  return { low: at(0.05), middle: at(0.5), high: at(0.95) };
}
