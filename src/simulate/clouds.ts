import type { Random } from "../base/random.js";
import { normal } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

export type CloudSettings = Pick<SimulationSettings, "width" | "height" | "texture" | "textureSlope">;

/**
 * Spacing of the coarsest clouds' nodes, pixels. Each next spacing is half as wide, down to a
 * pixel.
 */
const COARSEST = 64;

/**
 * Multiplies a map (H,W) by 1 + texture n, where n is noise with power falling as 1 / f^slope.
 * The noise has mean 0 and standard deviation 1. It is a sum of noise on grids of nodes, each grid
 * twice as fine, linear between nodes (fractional Brownian motion by octaves; Perlin 1985). No
 * value falls below 0.
 */
export function addClouds(
  map: Float32Array,
  { width, height, texture, textureSlope }: CloudSettings,
  random: Random,
): void {
  const clouds = new Float64Array(width * height);
  for (let spacing = COARSEST; spacing >= 1; spacing /= 2) {
    // In two dimensions, an octave at the frequency f has f² times the power 1 / f^slope.
    const amplitude = (spacing / COARSEST) ** ((textureSlope - 2) / 2);
    addOctave(clouds, width, height, spacing, amplitude, random);
  }
  let [sum, squares] = [0, 0];
  for (const value of clouds) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / clouds.length;
  const deviation = Math.sqrt(Math.max(0, squares / clouds.length - mean * mean)) || 1;
  for (let i = 0; i < map.length; i++) {
    map[i] = map[i]! * Math.max(0, 1 + (texture * (clouds[i]! - mean)) / deviation);
  }
}

/**
 * Adds noise that is normal at the nodes of a grid, and linear between them.
 * The grid starts at a random position.
 */
function addOctave(
  clouds: Float64Array,
  width: number,
  height: number,
  spacing: number,
  amplitude: number,
  random: Random,
): void {
  const columns = Math.ceil(width / spacing) + 2;
  const nodes = Float64Array.from(
    { length: columns * (Math.ceil(height / spacing) + 2) },
    () => amplitude * normal(random),
  );
  const [left, top] = [random.uniform(), random.uniform()];
  for (let y = 0; y < height; y++) {
    const down = y / spacing + top;
    const row = Math.floor(down);
    const v = down - row;
    for (let x = 0; x < width; x++) {
      const across = x / spacing + left;
      const column = Math.floor(across);
      const u = across - column;
      const at = row * columns + column;
      const upper = nodes[at]! * (1 - u) + nodes[at + 1]! * u;
      const lower = nodes[at + columns]! * (1 - u) + nodes[at + columns + 1]! * u;
      clouds[y * width + x] = clouds[y * width + x]! + upper * (1 - v) + lower * v;
    }
  }
}
