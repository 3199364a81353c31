import { drawDensity } from "../dataset/density.js";
import type { TruthEmitters } from "../dataset/truth/truth-rows.js";
import type { Frame } from "../frames/frame.js";

/** The truth about a frame. */
export interface EvaluationTruth {
  /** Number of emitters that count. */
  count: number;
  /** (H,W) emitters per pixel: the map that a network should predict. */
  density: Float32Array;
  /** Mean photons of an emitter that counts; undefined where unknown, or without emitters. */
  signal?: number;
  /** Mean photons per pixel of background at the emitters that count; undefined likewise. */
  background?: number;
}

/** The circumstances in which frames were taken. Absent values are unknown. */
export interface Condition {
  name: string;
  /** Side of a pixel, nm. */
  pixelSize?: number;
  /** The image of a point, in words. */
  psf?: string;
}

/** A frame to count, with its truth. */
export interface EvaluationFrame {
  condition: Condition;
  /** From 1, within its condition. */
  number: number;
  /**
   * Number of a sequence. Consecutive frames of one sequence were taken one after the other.
   * Left out where this is not known.
   */
  sequence?: number;
  /** Raw camera units. */
  image: Frame;
  truth: EvaluationTruth;
}

/** How rows of a table become truth. */
export interface TruthRules {
  /** Emitters above this brightness count; all count where brightness is unknown. */
  threshold: number;
  /** Standard deviation of an emitter's density, pixels. */
  sigma: number;
}

/**
 * The truth about a frame from its emitters, whose positions are in pixels from its corner.
 * The map is drawn from all bright emitters, as for training, including those just outside the
 * frame. Only emitters whose centre is in the frame are counted.
 */
export function frameTruth(
  emitters: TruthEmitters,
  { width, height }: { width: number; height: number },
  { threshold, sigma }: TruthRules,
): EvaluationTruth {
  const { brightness, background } = emitters;
  const bright = Array.from({ length: emitters.x.length }, (_, i) => i).filter(
    (i) => brightness === undefined || brightness[i]! > threshold,
  );
  const [x, y] = [bright.map((i) => emitters.x[i]!), bright.map((i) => emitters.y[i]!)];
  const map = new Float64Array(width * height);
  drawDensity(map, width, { x, y }, sigma);
  const counted = bright.filter((_, i) => within(x[i]!, width) && within(y[i]!, height));
  const [signal, surroundings] = [meanAt(brightness, counted), meanAt(background, counted)];
  return {
    count: counted.length,
    density: Float32Array.from(map),
    ...(signal !== undefined && { signal }),
    ...(surroundings !== undefined && { background: surroundings }),
  };
}

function within(position: number, side: number): boolean {
  return position >= 0 && position < side;
}

function meanAt(values: ArrayLike<number> | undefined, places: readonly number[]): number | undefined {
  if (values === undefined || places.length === 0) return undefined;
  return places.reduce((sum, i) => sum + values[i]!, 0) / places.length;
}
