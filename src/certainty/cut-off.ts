import type { SignedFrame } from "./signed-frame.js";

/** What a frame has at its upper end. Pixels that are cut off are many of one value, side by side. */
export interface CutOff {
  /** Pixels with the brightest value, and those among them whose left neighbour has it too. */
  brightest: number;
  adjacent: number;
  /** Other pixels within some deviations of the noise below it. */
  shoulder: number;
}

/** Deviations of the noise. */
const SHOULDER = 3;
/** Most pixels that are looked at; of larger frames, evenly spread rows. */
const ENOUGH = 32_768;

/** Counts the pixels at a frame's upper end. */
export function cutOffOf({ pixels, width, height, most }: SignedFrame, noise: number): CutOff {
  const rows = Math.min(height, Math.ceil(ENOUGH / width));
  const least = most - SHOULDER * noise;
  let [brightest, adjacent, shoulder] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const start = Math.floor((row * height) / rows) * width;
    let before = 0;
    for (let i = start; i < start + width; i++) {
      const value = pixels[i]!;
      if (value >= least) {
        if (value === most) {
          brightest++;
          if (before === most) adjacent++;
        } else shoulder++;
      }
      before = value;
    }
  }
  return { brightest, adjacent, shoulder };
}
