import { Random } from "../base/random.js";
import { normal, uniformOpen } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

/** How far the sample has moved since the first frame, for each frame, pixels. */
export interface DriftPath {
  x: Float64Array;
  y: Float64Array;
}

/** The path of a stage: steady in one random direction, plus a random walk along each axis. */
export function driftPath(
  {
    frames,
    exposure,
    pixelSize,
    drift,
    driftWalk,
  }: Pick<SimulationSettings, "frames" | "exposure" | "pixelSize" | "drift" | "driftWalk">,
  seed: number,
): DriftPath {
  const random = new Random(seed, "simulate", "drift");
  const direction = 2 * Math.PI * uniformOpen(random);
  const steady = (drift * exposure) / 60 / pixelSize;
  const step = (driftWalk * Math.sqrt(exposure)) / pixelSize;
  const path = { x: new Float64Array(frames), y: new Float64Array(frames) };
  for (let i = 1; i < frames; i++) {
    path.x[i] = path.x[i - 1]! + steady * Math.cos(direction) + step * normal(random);
    path.y[i] = path.y[i - 1]! + steady * Math.sin(direction) + step * normal(random);
  }
  return path;
}
