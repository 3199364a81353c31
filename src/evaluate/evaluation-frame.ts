import { drawDensity } from "../dataset/density.js";
import type { TruthEmitters } from "../dataset/truth-table.js";
import type { Frame } from "../frames/frame.js";

/** What is true of a frame. */
export interface FrameTruth {
  /** Emitters that count. */
  count: number;
  /** (H,W) emitters a pixel: the map that a network should make of the frame. */
  density: Float32Array;
  /** Mean photons of an emitter that counts; undefined where it is not known, or there is none. */
  signal?: number;
  /** Mean photons of background in a pixel, at the emitters that count; undefined likewise. */
  background?: number;
}

/** Under what circumstances frames were taken. Absent values are unknown. */
export interface Condition {
  name: string;
  /** Side of a pixel, nm. */
  pixelSize?: number;
  /** The image of a point, in words. */
  psf?: string;
}

/** A frame to count, with the truth about it. */
export interface EvaluationFrame {
  condition: Condition;
  /** From 1, within its condition. */
  number: number;
  /** Frames of one sequence that come one after the other were taken one after the other; left out where nothing is known of that. */
  sequence?: number;
  /** Raw camera units. */
  image: Frame;
  truth: FrameTruth;
}

/** What becomes of a table's rows. */
export interface TruthRules {
  /** Emitters count when their brightness is above; all do where brightness is unknown. */
  threshold: number;
  /** Standard deviation of an emitter's density, pixels. */
  sigma: number;
}

/**
 * The truth about a frame from its emitters (pixels from the corner of the first one). The map is drawn from all bright ones, as for training, also from those
 * whose centre lies just outside; counted are those whose centre lies in the frame.
 */
export function frameTruth(
  emitters: TruthEmitters,
  { width, height }: { width: number; height: number },
  { threshold, sigma }: TruthRules,
): FrameTruth {
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
