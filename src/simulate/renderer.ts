import { Random } from "../base/random.js";
import { backgroundFactor, backgroundMap } from "./background.js";
import { type Camera, cameraOf } from "./camera.js";
import type { PointSpread } from "./optics.js";
import { pointSpreadOf } from "./point-spread.js";
import { GaussianPointSpread } from "./psf-gaussian.js";
import type { SimulationSettings } from "./settings.js";

/** Emitters of consecutive frames in columns, those of frame i from `start[i]` up to but not including `start[i + 1]`. */
export interface EmitterColumns {
  start: Uint32Array;
  /** Pixels from the corner of the first pixel. */
  x: Float64Array;
  y: Float64Array;
  /** nm from the focal plane. */
  z: Float64Array;
  /** Expected from each in its frame. */
  photons: Float64Array;
}

/** Consecutive frames to be drawn. */
export interface Block {
  /** Index of the first. */
  first: number;
  frames: number;
  emitters: EmitterColumns;
  /** Emitters out of focus, which are nothing but background. */
  haze: EmitterColumns;
}

/** Frames as the camera gives them. */
export interface DrawnBlock {
  /** (N,H,W) */
  pixels: Uint16Array;
  /** Photons in the pixel of each of the block's emitters that come from anything but emitters in focus. */
  background: Float64Array;
}

/** Draws frames. What is random in a frame follows from the seed and its index alone, so that any thread may draw it. */
export class Renderer {
  private readonly background: Float32Array;
  private readonly psf: PointSpread;
  private readonly hazePsf: PointSpread;
  private readonly camera: Camera;
  private readonly image: Float32Array;

  constructor(
    private readonly settings: SimulationSettings,
    private readonly seed: number,
  ) {
    const pixels = settings.width * settings.height;
    this.background = backgroundMap(settings, seed);
    this.psf = pointSpreadOf(settings);
    this.hazePsf = new GaussianPointSpread(settings);
    this.camera = cameraOf(settings, pixels, seed);
    this.image = new Float32Array(pixels);
  }

  draw({ first, frames, emitters, haze }: Block): DrawnBlock {
    const size = this.image.length;
    const pixels = new Uint16Array(frames * size);
    const background = new Float64Array(emitters.x.length);
    for (let i = 0; i < frames; i++) {
      const factor = backgroundFactor(this.settings, first + i);
      for (let at = 0; at < size; at++) this.image[at] = factor * this.background[at]!;
      this.add(this.hazePsf, haze, i);
      this.readBackground(emitters, i, background);
      this.add(this.psf, emitters, i);
      const random = new Random(this.seed, "simulate", "noise", first + i);
      this.camera.expose(this.image, random, pixels.subarray(i * size, (i + 1) * size));
    }
    return { pixels, background };
  }

  private add(psf: PointSpread, { start, x, y, z, photons }: EmitterColumns, frame: number): void {
    const { width, height } = this.settings;
    for (let i = start[frame]!; i < start[frame + 1]!; i++) {
      psf.add(this.image, width, height, x[i]!, y[i]!, z[i]!, photons[i]!);
    }
  }

  /** Emitters outside the frame take the pixel next to them. */
  private readBackground({ start, x, y }: EmitterColumns, frame: number, background: Float64Array): void {
    const { width, height } = this.settings;
    const nearest = (place: number, side: number) => Math.min(side - 1, Math.max(0, Math.floor(place)));
    for (let i = start[frame]!; i < start[frame + 1]!; i++) {
      background[i] = this.image[nearest(y[i]!, height) * width + nearest(x[i]!, width)]!;
    }
  }
}
