import { Random } from "../base/random.js";
import { backgroundFactor, backgroundMap } from "./background.js";
import { type Camera, cameraOf } from "./camera.js";
import type { PointSpread } from "./optics.js";
import { pointSpreadOf } from "./point-spread.js";
import { GaussianPointSpread } from "./psf-gaussian.js";
import { matchedSnr } from "./rule-of-truth.js";
import type { SimulationSettings } from "./settings.js";

/**
 * Emitters of consecutive frames, in columns.
 * Those of frame i are from `start[i]` up to but not including `start[i + 1]`.
 */
export interface EmitterColumns {
  start: Uint32Array;
  /** Pixels from the corner of the first pixel. */
  x: Float64Array;
  y: Float64Array;
  /** nm from the focal plane. */
  z: Float64Array;
  /** Photons expected from each in its frame. */
  photons: Float64Array;
}

/** Consecutive frames to be drawn. */
export interface Block {
  /** Index of the first frame. */
  first: number;
  frames: number;
  emitters: EmitterColumns;
  /** Emitters far out of focus, whose light is background to the others. */
  haze: EmitterColumns;
}

/** Frames as the camera gives them. */
export interface DrawnBlock {
  /** (N,H,W) */
  pixels: Uint16Array;
  emitters: EmitterSurroundings;
  haze: EmitterSurroundings;
}

/** How emitters stand out, in columns parallel to theirs. */
export interface EmitterSurroundings {
  /** Photons in an emitter's pixel, except its own and those of emitters in focus. */
  background: Float64Array;
  /** Its signal-to-noise ratio, {@link matchedSnr}. */
  snr: Float64Array;
}

/**
 * Draws frames. Randomness depends on the seed and a frame's index alone, so any thread may draw
 * it.
 */
export class Renderer {
  private readonly background: Float32Array;
  private readonly psf: PointSpread;
  private readonly hazePsf: PointSpread;
  private readonly camera: Camera;
  private readonly image: Float32Array;

  /** @param form of the background, as for {@link backgroundMap} */
  constructor(
    private readonly settings: SimulationSettings,
    private readonly seed: number,
    form: Float32Array | undefined,
  ) {
    const { width, height } = settings;
    this.background = backgroundMap(settings, seed, form);
    this.psf = pointSpreadOf(settings);
    this.hazePsf = new GaussianPointSpread(settings);
    this.camera = cameraOf(settings, width, height, seed);
    this.image = new Float32Array(width * height);
  }

  draw({ first, frames, emitters, haze }: Block): DrawnBlock {
    const size = this.image.length;
    const pixels = new Uint16Array(frames * size);
    const around = { emitters: surroundingsOf(emitters), haze: surroundingsOf(haze) };
    for (let i = 0; i < frames; i++) {
      const factor = backgroundFactor(this.settings, first + i);
      for (let at = 0; at < size; at++) this.image[at] = factor * this.background[at]!;
      this.add(this.hazePsf, haze, i);
      this.lookAround(this.psf, emitters, i, around.emitters, 0);
      this.lookAround(this.hazePsf, haze, i, around.haze, 1);
      this.add(this.psf, emitters, i);
      const random = new Random(this.seed, "simulate", "noise", first + i);
      this.camera.expose(this.image, random, pixels.subarray(i * size, (i + 1) * size));
    }
    return { pixels, ...around };
  }

  private add(psf: PointSpread, { start, x, y, z, photons }: EmitterColumns, frame: number): void {
    const { width, height } = this.settings;
    for (let i = start[frame]!; i < start[frame + 1]!; i++) {
      psf.add(this.image, width, height, x[i]!, y[i]!, z[i]!, photons[i]!);
    }
  }

  /**
   * For emitters outside the frame, the nearest pixel is taken.
   * @param own share of their own light that the image already holds
   */
  private lookAround(
    psf: PointSpread,
    { start, x, y, z, photons }: EmitterColumns,
    frame: number,
    { background, snr }: EmitterSurroundings,
    own: number,
  ): void {
    const { width, height } = this.settings;
    const nearest = (place: number, side: number) => Math.min(side - 1, Math.max(0, Math.floor(place)));
    for (let i = start[frame]!; i < start[frame + 1]!; i++) {
      const light = this.image[nearest(y[i]!, height) * width + nearest(x[i]!, width)]!;
      const area = psf.noiseArea(z[i]!);
      // The peak of a Gaussian image is twice its light divided by its noise area.
      background[i] = Math.max(0, light - (own * 2 * photons[i]!) / area);
      snr[i] = matchedSnr(this.settings, photons[i]!, area, background[i]!);
    }
  }
}

function surroundingsOf({ x }: EmitterColumns): EmitterSurroundings {
  return { background: new Float64Array(x.length), snr: new Float64Array(x.length) };
}
