import { Blur } from "./blur.js";

/** Standard deviations of two blurs, pixels. */
export interface Band {
  narrow: number;
  wide: number;
}

/** Standard deviations at which a blur's kernel ends. */
const KERNEL_REACH = 4;

/** The frame blurred narrowly less the frame blurred widely. @param pixels (H,W) */
export function bandPassed(
  width: number,
  height: number,
  pixels: ArrayLike<number>,
  { narrow, wide }: Band,
): Float32Array {
  const values = Float32Array.from(pixels);
  const [near, far] = [narrow, wide].map((sigma) => {
    const blurred = new Float32Array(values.length);
    new Blur(width, height, sigma, KERNEL_REACH).apply(values, blurred);
    return blurred;
  }) as [Float32Array, Float32Array];
  return near.map((value, i) => value - far[i]!);
}
