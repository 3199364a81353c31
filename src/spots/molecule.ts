import { median } from "../base/quantiles.js";
import { mean } from "../evaluate/measures.js";
import type { Frame } from "../frames/frame.js";
import { findSpots, type Spot } from "./find-spots.js";

/** The image of an isolated molecule in a stack; light is in camera units above the background. */
export interface Molecule {
  /** Standard deviation of its image, pixels. */
  sigma: number;
  /** Sum of its image. */
  light: number;
}

/** Deviations of a peak that may keep another spot from being isolated. */
const NEIGHBOUR_DEVIATIONS = 4;
/** Least distance of an isolated spot to others, pixels, and half the side of its patch. */
const ISOLATION = 10;
const PATCH_REACH = 5;
/** Least and largest width of what may be a molecule in focus, pixels. */
const [LEAST_SIGMA, MOST_SIGMA] = [0.5, 3];
/** Farthest distance of a fit's centre from the peak's pixel. */
const MOST_SHIFT = 1.5;
const FIRST_SIGMA = 1.3;
const ITERATIONS = 50;

/**
 * The median width and light of all isolated spots in a stack's frames; undefined if there is none.
 */
export function typicalMolecule(frames: readonly Frame[]): Molecule | undefined {
  const fits = frames.flatMap((frame) =>
    isolatedSpots(frame)
      .map((spot) => fitMolecule(frame, spot))
      .filter((fit) => fit !== undefined),
  );
  if (fits.length === 0) return undefined;
  return { sigma: median(fits.map(({ sigma }) => sigma)), light: median(fits.map(({ light }) => light)) };
}

function isolatedSpots(frame: Frame): Spot[] {
  const others = findSpots(frame, NEIGHBOUR_DEVIATIONS);
  const inside = (place: number, side: number) => place >= PATCH_REACH && place < side - PATCH_REACH;
  return findSpots(frame).filter(
    ({ x, y }) =>
      inside(x, frame.width) &&
      inside(y, frame.height) &&
      others.filter((other) => Math.hypot(other.x - x, other.y - y) < ISOLATION).length === 1,
  );
}

/**
 * Fits a normal curve on a flat background to the 11×11 pixels around a spot.
 * Light and background are those of least squares for the curve so far. Centre and width then come
 * from the moments of the pixels without the background, weighed by the curve itself, which halves
 * a normal curve's variance. Both steps are repeated until they agree.
 * @returns undefined for what is no molecule in focus
 */
export function fitMolecule(frame: Frame, { x, y }: Spot): Molecule | undefined {
  const patch = patchAround(frame, x, y);
  let [sigma, dx, dy, light] = [FIRST_SIGMA, 0, 0, 0];
  for (let i = 0; i < ITERATIONS; i++) {
    const heights = patch.map((pixel) => curve(pixel.dx - dx, pixel.dy - dy, sigma));
    const line = leastSquares(
      heights,
      patch.map(({ value }) => value),
    );
    light = line.slope;
    let [sum, sumX, sumY, squares] = [0, 0, 0, 0];
    for (const [j, pixel] of patch.entries()) {
      const [fromX, fromY] = [pixel.dx - dx, pixel.dy - dy];
      const weight = (pixel.value - line.start) * heights[j]!;
      sum += weight;
      sumX += weight * fromX;
      sumY += weight * fromY;
      squares += weight * (fromX ** 2 + fromY ** 2);
    }
    // Both directions together have half the curve's variance each.
    sigma = Math.sqrt(squares / sum);
    dx += (2 * sumX) / sum;
    dy += (2 * sumY) / sum;
    const sound = sigma > LEAST_SIGMA && sigma < MOST_SIGMA && Math.hypot(dx, dy) < MOST_SHIFT && light > 0;
    if (!sound) return undefined;
  }
  return { sigma, light };
}

/** The straight line of least squares through points. */
function leastSquares(x: readonly number[], y: readonly number[]): { start: number; slope: number } {
  const [middleX, middleY] = [mean(x), mean(y)];
  const product = x.reduce((sum, value, i) => sum + (value - middleX) * (y[i]! - middleY), 0);
  const slope = product / x.reduce((sum, value) => sum + (value - middleX) ** 2, 0);
  return { slope, start: middleY - slope * middleX };
}

function curve(x: number, y: number, sigma: number): number {
  return Math.exp((-0.5 * (x * x + y * y)) / sigma ** 2) / (2 * Math.PI * sigma ** 2);
}

/** Pixels around a position, sorted by their distance from it. */
function patchAround({ width, pixels }: Frame, x: number, y: number) {
  const patch: { dx: number; dy: number; value: number }[] = [];
  for (let dy = -PATCH_REACH; dy <= PATCH_REACH; dy++) {
    for (let dx = -PATCH_REACH; dx <= PATCH_REACH; dx++) {
      patch.push({ dx, dy, value: pixels[(y + dy) * width + x + dx]! });
    }
  }
  return patch;
}
