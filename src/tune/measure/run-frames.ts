import type { StackReader } from "../../frames/stack-reader.js";
import type { Histogram } from "./histogram.js";
import type { Pauses } from "./pauses.js";
import type { Region, Run } from "./sampling.js";

/** A run of consecutive frames in memory, cut to a region. */
export interface RunFrames {
  width: number;
  height: number;
  frames: number;
  /** Counts, (N,H,W). */
  values: Float32Array;
}

/** Reads a run of frames. @param histogram counts all their pixels */
export async function readRun(
  stack: StackReader,
  run: Run,
  region: Region,
  histogram: Histogram,
  pauses: Pauses,
): Promise<RunFrames> {
  const { width, height, left, top } = region;
  const area = width * height;
  const values = new Float32Array(run.frames * area);
  for (let i = 0; i < run.frames; i++) {
    const frame = await stack.read(run.first + i);
    for (let y = 0; y < height; y++) {
      const start = (top + y) * frame.width + left;
      values.set(frame.pixels.subarray(start, start + width), i * area + y * width);
    }
    histogram.add(values.subarray(i * area, (i + 1) * area));
    await pauses.pause();
  }
  return { width, height, frames: run.frames, values };
}
