import type { Random } from "../base/random.js";
import { type GaussianOptics, GaussianPointSpread } from "./psf-gaussian.js";
import { logNormalFactor, normal, poisson, uniformOpen } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

export type DebrisSettings = GaussianOptics &
  Pick<
    SimulationSettings,
    | "width"
    | "height"
    | "fibres"
    | "fibreLight"
    | "debris"
    | "debrisSize"
    | "debrisLight"
    | "fiducials"
    | "fiducialPhotons"
  >;

/** Relative standard deviations: size and light of debris, light of beads. */
const [SIZE_SPREAD, LIGHT_SPREAD, BEAD_SPREAD] = [0.25, 0.7, 0.3];
/** Largest ratio of a piece's length to its width. */
const MOST_STRETCH = 2;
/** Standard deviations to which a piece is drawn. */
const REACH = 4;

/**
 * Mean number of pieces, lines and beads in a frame and around it, as far as their light reaches.
 */
export function objectsExpected(settings: DebrisSettings): Record<"debris" | "fibres" | "fiducials", number> {
  const { debris, fibres, fiducials, debrisSize, pixelSize } = settings;
  const point = new GaussianPointSpread(settings).sigmaAt(0);
  return {
    debris: debris * area(settings, debrisSize / pixelSize),
    fibres: fibres * area(settings, point),
    fiducials: fiducials * area(settings, point),
  };
}

/** Adds debris: Gaussian pieces, longer than wide, at random. @param map photons per pixel (H,W) */
export function addDebris(map: Float32Array, settings: DebrisSettings, random: Random): void {
  const { width, height, pixelSize, debrisSize, debrisLight } = settings;
  const size = debrisSize / pixelSize;
  for (let left = poisson(random, objectsExpected(settings).debris); left > 0; left--) {
    const [x, y] = [place(width, size, random), place(height, size, random)];
    const sigma = size * logNormalFactor(random, SIZE_SPREAD);
    const stretch = Math.sqrt(1 + (MOST_STRETCH - 1) * uniformOpen(random));
    const light = debrisLight * logNormalFactor(random, LIGHT_SPREAD);
    const angle = Math.PI * uniformOpen(random);
    addPiece(map, settings, { x, y, along: sigma * stretch, across: sigma / stretch, angle, light });
  }
}

/** Adds beads: images of points in focus. @param map photons per pixel (H,W) */
export function addFiducials(map: Float32Array, settings: DebrisSettings, random: Random): void {
  const { width, height, fiducialPhotons } = settings;
  const psf = new GaussianPointSpread(settings);
  const size = psf.sigmaAt(0);
  for (let left = poisson(random, objectsExpected(settings).fiducials); left > 0; left--) {
    const [x, y] = [place(width, size, random), place(height, size, random)];
    psf.add(map, width, height, x, y, 0, fiducialPhotons * logNormalFactor(random, BEAD_SPREAD));
  }
}

/** Widths of lines, in widths of a point's image: the thinnest and the widest. */
const FIBRE_WIDTHS = [1, 2.5] as const;
/**
 * Standard deviation of a line's turn over a pixel, and its greatest length in sides of the frame.
 */
const [FIBRE_TURN, FIBRE_LENGTH] = [0.03, 1.5];

/** Adds curved lines. @param map photons per pixel (H,W) */
export function addFibres(map: Float32Array, settings: DebrisSettings, random: Random): void {
  const { width, height, fibreLight } = settings;
  const thinnest = new GaussianPointSpread(settings).sigmaAt(0);
  for (let left = poisson(random, objectsExpected(settings).fibres); left > 0; left--) {
    const middle = [place(width, thinnest, random), place(height, thinnest, random)] as const;
    const sigma = thinnest * random.uniform(...FIBRE_WIDTHS);
    const light = fibreLight * logNormalFactor(random, LIGHT_SPREAD);
    const half = random.uniform(0.1, FIBRE_LENGTH / 2) * Math.max(width, height);
    const heading = 2 * Math.PI * uniformOpen(random);
    // On a line of this width, discs a pixel apart with this much light at their middle add up to
    // 1.
    const each = light / (Math.sqrt(2 * Math.PI) * sigma);
    for (const way of [heading, heading + Math.PI]) {
      let [x, y, angle] = [...middle, way] as [number, number, number];
      for (let step = 0; step < half; step++) {
        addDot(map, settings, [x, y], sigma, each);
        x += Math.cos(angle);
        y += Math.sin(angle);
        angle += FIBRE_TURN * normal(random);
      }
    }
  }
}

interface Piece {
  x: number;
  y: number;
  /** Standard deviations, pixels. */
  along: number;
  across: number;
  angle: number;
  /** Photons per pixel at the middle. */
  light: number;
}

function addPiece(
  map: Float32Array,
  { width, height }: DebrisSettings,
  { x, y, along, across, angle, light }: Piece,
): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = REACH * along;
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height, Math.ceil(y + reach))];
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width, Math.ceil(x + reach))];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const [u, v] = [(dx * cos + dy * sin) / along, (dy * cos - dx * sin) / across];
      map[row * width + column] = map[row * width + column]! + light * Math.exp(-0.5 * (u * u + v * v));
    }
  }
}

/**
 * Adds a round piece as the product of a row and a column.
 * That is fast enough for a line's thousands of dots.
 */
function addDot(
  map: Float32Array,
  { width, height }: DebrisSettings,
  [x, y]: readonly [number, number],
  sigma: number,
  light: number,
): void {
  const reach = REACH * sigma;
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height, Math.ceil(y + reach))];
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width, Math.ceil(x + reach))];
  if (top >= bottom || left >= right) return;
  const scale = -0.5 / (sigma * sigma);
  const row = new Float64Array(right - left);
  for (let i = 0; i < row.length; i++) row[i] = Math.exp(scale * (left + i + 0.5 - x) ** 2);
  for (let at = top; at < bottom; at++) {
    const inRow = light * Math.exp(scale * (at + 0.5 - y) ** 2);
    for (let i = 0; i < row.length; i++) {
      map[at * width + left + i] = map[at * width + left + i]! + inRow * row[i]!;
    }
  }
}

/**
 * Area, µm², of the frame and the margin from which light of objects reaches it.
 * @param size of the objects, pixels
 */
function area({ width, height, pixelSize }: DebrisSettings, size: number): number {
  const margin = 2 * REACH * size;
  return ((width + margin) * (height + margin) * pixelSize * pixelSize) / 1e6;
}

function place(side: number, size: number, random: Random): number {
  return (side + 2 * REACH * size) * uniformOpen(random) - REACH * size;
}
