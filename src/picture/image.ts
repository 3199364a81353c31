import { PNG } from "pngjs";
import { quantile } from "../base/quantiles.js";
import type { Frame } from "../frames/frame.js";
import { type Rgb, viridis } from "./viridis.js";

/** The values that a picture shows darkest and brightest. */
export interface Range {
  low: number;
  high: number;
}

/** A picture of (H,W) pixels with bytes for red, green, blue and opacity. */
export interface RgbaImage {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/** The values below which the given shares (0 to 1) of all values are; sets a frame's contrast. */
export function percentileRange(values: ArrayLike<number>, low = 0.01, high = 0.998): Range {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => quantile(sorted, share, Math.round);
  return { low: at(low), high: at(high) };
}

/** A frame in grey. */
export function greyImage(frame: Frame, range: Range): RgbaImage {
  return coloured(frame, range, (value) => {
    const grey = Math.round(Math.min(1, Math.max(0, value)) * 255);
    return [grey, grey, grey];
  });
}

/** A map in viridis. */
export function viridisImage(map: Frame, range: Range): RgbaImage {
  return coloured(map, range, viridis);
}

function coloured(
  { width, height, pixels }: Frame,
  { low, high }: Range,
  colour: (value: number) => Rgb,
): RgbaImage {
  const rgba = new Uint8Array(4 * width * height);
  const span = high - low || 1;
  for (let i = 0; i < pixels.length; i++) {
    const [red, green, blue] = colour((pixels[i]! - low) / span);
    rgba[4 * i] = red;
    rgba[4 * i + 1] = green;
    rgba[4 * i + 2] = blue;
    rgba[4 * i + 3] = 255;
  }
  return { width, height, rgba };
}

/** The bytes of a PNG file. */
export function encodePng({ width, height, rgba }: RgbaImage): Uint8Array {
  const png = new PNG({ width, height });
  png.data.set(rgba);
  return PNG.sync.write(png);
}
