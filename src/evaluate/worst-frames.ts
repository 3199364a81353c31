import type { Frame } from "../frames/frame.js";
import type { Prediction } from "../predict/prediction.js";
import type { EvaluationFrame } from "./evaluation-frame.js";

/** A frame that a model counted badly, reduced for a closer look. */
export interface WorstFrame {
  condition: string;
  /** From 1, within its condition. */
  frame: number;
  trueCount: number;
  count: number;
  /** Frame and maps of the same size; large ones are means over squares of pixels. */
  image: Frame;
  trueDensity: Frame;
  density: Frame;
}

/** Longest side of a kept picture, pixels. */
const MAX_SIDE = 256;

/** Keeps the frames with the largest absolute errors of the count; of equal ones the earlier. */
export class WorstFrames {
  private readonly kept: WorstFrame[] = [];

  /** @param size number of frames to keep */
  constructor(private readonly size: number) {}

  offer({ condition, number, image, truth }: EvaluationFrame, { count, density }: Prediction): void {
    const error = Math.abs(count - truth.count);
    const rank = this.kept.findIndex((each) => error > errorOf(each));
    const at = rank < 0 ? this.kept.length : rank;
    if (at >= this.size) return;
    const { width, height } = image;
    this.kept.splice(at, 0, {
      condition: condition.name,
      frame: number,
      trueCount: truth.count,
      count,
      image: reduced(image),
      trueDensity: reduced({ width, height, pixels: truth.density }),
      density: reduced({ width, height, pixels: density! }),
    });
    this.kept.length = Math.min(this.kept.length, this.size);
  }

  /** The kept frames, the largest error first. */
  sorted(): WorstFrame[] {
    return [...this.kept];
  }
}

function errorOf({ count, trueCount }: WorstFrame): number {
  return Math.abs(count - trueCount);
}

/**
 * A copy in which each pixel is the mean over a square of pixels.
 * The square is as large as it must be for no side to be longer than {@link MAX_SIDE}.
 */
export function reduced({ width, height, pixels }: Frame): Frame {
  const step = Math.ceil(Math.max(width, height) / MAX_SIDE);
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const [sums, members] = [new Float32Array(columns * rows), new Uint32Array(columns * rows)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = Math.floor(y / step) * columns + Math.floor(x / step);
      sums[to]! += pixels[y * width + x]!;
      members[to]!++;
    }
  }
  return { width: columns, height: rows, pixels: sums.map((sum, i) => sum / members[i]!) };
}
