import { GrowingFile } from "../base/growing-file.js";
import type { FollowedFrame } from "./follow.js";
import {
  COUNTS,
  claimDensity,
  countsHead,
  countsRow,
  type DensityWriter,
  densityWriter,
  type OutputPaths,
} from "./outputs.js";

/**
 * The results of a recording that is still being written.
 * The table of counts is there from the start and grows with each frame. The density stack appears
 * at the end, whole.
 */
export class FollowedResults {
  private density: DensityWriter | undefined;
  /** Frames in both results. */
  frames = 0;

  private constructor(
    private readonly paths: OutputPaths,
    private readonly counts: GrowingFile,
    private readonly force: boolean,
  ) {}

  /**
   * @param force whether earlier results may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(paths: OutputPaths, force = false): Promise<FollowedResults> {
    await claimDensity(paths.density, force);
    const counts = await GrowingFile.create(paths.counts, countsHead(false), { kind: COUNTS, force });
    return new FollowedResults(paths, counts, force);
  }

  /** Appends a frame's map and its row. @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS */
  async add(frame: FollowedFrame): Promise<void> {
    if (!frame.density) throw new RangeError("a frame without its density map");
    const { width, height, calibration } = frame;
    this.density ??= await densityWriter(
      this.paths.density,
      { width, height, frames: 0, pixelType: "float32", calibration },
      undefined,
      this.force,
    );
    await this.density.write(frame.density);
    await this.counts.append(countsRow(frame));
    this.frames++;
  }

  /**
   * Ends both results with the frames that are in them. Without a frame nothing stays.
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  async finish(): Promise<void> {
    if (!this.density) return this.counts.remove();
    try {
      await this.counts.checkPlace();
    } finally {
      await this.counts.finish();
      await this.density.finish();
    }
  }
}
