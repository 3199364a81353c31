import type { Random } from "../base/random.js";
import type { Frame } from "./frame.js";

const [BACKGROUND, NOISE, PEAK, SIGMA] = [100, 6, 120, 1.3];

/** A square frame of Gaussian spots at random positions on a noisy background, in whole ADU. */
export function syntheticFrame(
  side: number,
  spots: number,
  random: Random,
): Frame & { pixels: Float32Array } {
  const light = Float64Array.from({ length: side * side }, () => BACKGROUND + NOISE * random.normal());
  for (let spot = 0; spot < spots; spot++) {
    const [x, y] = [random.uniform(0, side), random.uniform(0, side)];
    for (let i = 0; i < light.length; i++) {
      const squared = ((i % side) + 0.5 - x) ** 2 + (Math.floor(i / side) + 0.5 - y) ** 2;
      light[i]! += PEAK * Math.exp(-squared / (2 * SIGMA ** 2));
    }
  }
  return { width: side, height: side, pixels: Float32Array.from(light, Math.round) };
}
