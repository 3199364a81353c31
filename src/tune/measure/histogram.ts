import { PIXEL_TYPES, type PixelType } from "../../frames/frame.js";

const BINS = 65_536;
/**
 * Least share of all pixels that a flat top holds, and the range below it that must hold fewer.
 * The range is a share of the top's value.
 */
const [LEAST_SHARE, NEAR_TOP] = [1e-6, 0.03];
/** Least pixels and least value of a flat top: below these there is too little to compare with. */
const [LEAST_PIXELS, LEAST_TOP] = [20, 64];

/** How often each value occurs. It shows where a camera or converter saturates. */
export class Histogram {
  private readonly counts = new Float64Array(BINS);
  private pixels = 0;

  constructor(private readonly type: PixelType) {}

  add(values: Float32Array): void {
    for (let i = 0; i < values.length; i++) {
      const bin = Math.max(0, Math.min(BINS - 1, Math.round(values[i]!)));
      this.counts[bin] = this.counts[bin]! + 1;
    }
    this.pixels += values.length;
  }

  /** The value at which pixels saturate, and the share of saturated pixels. */
  saturation(): { level: number; share: number } {
    const { counts, pixels } = this;
    const top = counts.findLastIndex((count) => count > 0);
    if (top <= 0) return { level: Number.POSITIVE_INFINITY, share: 0 };
    const atTop = counts[top]!;
    let near = 0;
    for (let bin = Math.floor((1 - NEAR_TOP) * top); bin < top; bin++) near += counts[bin]!;
    const flat = top >= LEAST_TOP && atTop >= LEAST_PIXELS && atTop > near && atTop >= LEAST_SHARE * pixels;
    if (top < PIXEL_TYPES[this.type].largest && !flat) return { level: Number.POSITIVE_INFINITY, share: 0 };
    return { level: top, share: atTop / pixels };
  }
}
