import type { Blur } from "../../frames/blur.js";
import type { RunFrames } from "./run-frames.js";
import type { FilteredFrame, SpotPeak } from "./spot-peaks.js";

/** Marks of a pixel: a spot; light too faint for a spot; such light around the pixel only. */
const [SPOT, FAINT, FAINT_AROUND] = [1, 2, 4];
/**
 * Significance of light that masks other frames, and of light that masks a pixel's own frame.
 * The first is at the pixel in the frame before or after, the second around it.
 */
const [FAINT_BESIDE, FAINT_HERE] = [2.5, 1.5];
/** A spot is masked out to where its light is this share of the noise's standard deviation. */
const LIGHT_SHARE = 0.05;
/** Factor for the light far out, of which a real image has more than a Gaussian. */
const WIDER = 1.2;

/**
 * Where light of molecules may be in the frames of a run.
 * A pixel's neighbours and the frames before and after decide whether it is dark, never its own
 * value. So the noise of dark pixels is not cut off, and its moments are right.
 */
export class LightMask {
  private readonly marks: Uint8Array;
  private readonly area: number;

  constructor(
    private readonly run: RunFrames,
    private readonly blur: Blur,
    private readonly sigma: number,
  ) {
    this.area = run.width * run.height;
    this.marks = new Uint8Array(run.frames * this.area);
  }

  /** Marks the light in a frame. @param residual the frame without its background, counts (H,W) */
  add(frame: number, residual: Float32Array, filtered: FilteredFrame, spots: readonly SpotPeak[]): void {
    const { blur, area } = this;
    const { blurred, deviation } = filtered;
    const marks = this.marks.subarray(frame * area, (frame + 1) * area);
    const beside = FAINT_BESIDE * Math.sqrt(blur.squares);
    const here = FAINT_HERE * Math.sqrt(blur.squares - blur.own ** 2);
    for (let i = 0; i < area; i++) {
      const around = blurred[i]! - blur.own * residual[i]!;
      const faint = blurred[i]! > beside * deviation[i]! ? FAINT : 0;
      marks[i] = faint | (around > here * deviation[i]! ? FAINT_AROUND : 0);
    }
    for (const spot of spots) this.markSpot(marks, spot);
  }

  private markSpot(marks: Uint8Array, { x, y, significance }: SpotPeak): void {
    const { width, height } = this.run;
    // A filter of the spot's form gives S / (2 sigma √π) for the light S; the peak is S / (2π
    // sigma²).
    const peak = significance / (Math.sqrt(Math.PI) * this.sigma);
    const reach = WIDER * this.sigma * Math.sqrt(2 * Math.log(Math.max(2, peak / LIGHT_SHARE)));
    const [top, bottom] = [Math.max(0, Math.ceil(y - reach)), Math.min(height - 1, Math.floor(y + reach))];
    for (let row = top; row <= bottom; row++) {
      const half = Math.sqrt(reach * reach - (row - y) ** 2);
      const [left, right] = [Math.max(0, Math.ceil(x - half)), Math.min(width - 1, Math.floor(x + half))];
      for (let at = row * width + left; at <= row * width + right; at++) marks[at] = marks[at]! | SPOT;
    }
  }

  /** Writes 1 for each pixel of a frame that sees no molecule, else 0. */
  darkPixels(frame: number, dark: Uint8Array): void {
    const { marks, area, run } = this;
    const here = frame * area;
    const before = frame > 0 ? here - area : here;
    const after = frame < run.frames - 1 ? here + area : here;
    const besides = SPOT | FAINT;
    for (let i = 0; i < area; i++) {
      // A run's first and last frame have a single frame beside them.
      const beside =
        (before === here ? 0 : marks[before + i]! & besides) |
        (after === here ? 0 : marks[after + i]! & besides);
      dark[i] = (marks[here + i]! & (SPOT | FAINT_AROUND)) | beside ? 0 : 1;
    }
  }
}
