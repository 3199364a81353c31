import { PNG } from "pngjs";
import { viridisImage } from "../../picture/image.js";
import type { Preview } from "../../predict/preview.js";

/**
 * Least value for the brightest colour, emitters per pixel.
 * A map without emitters is noise far below it. Stretched over all colours, it would look like a
 * map full of emitters.
 */
const LEAST_HIGH = 0.02;

const made = new WeakMap<Preview, Promise<Uint8Array>>();

/** The value of the brightest colour in a map's picture, emitters per pixel. 0 is the darkest. */
export function pictureHigh({ high }: Preview): number {
  return Math.max(high, LEAST_HIGH);
}

/**
 * The bytes of a PNG file of a small map. They are made once for all who ask.
 * Compressing takes longest. Node.js does it on another thread.
 */
export function viridisPng(map: Preview): Promise<Uint8Array> {
  const known = made.get(map) ?? encode(map);
  made.set(map, known);
  return known;
}

function encode(map: Preview): Promise<Uint8Array> {
  const { width, height, rgba } = viridisImage(map, { low: 0, high: pictureHigh(map) });
  const png = new PNG({ width, height, filterType: 0, colorType: 2 });
  png.data.set(rgba);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    png.once("error", reject);
    png.on("data", (chunk: Buffer) => chunks.push(chunk));
    png.once("end", () => resolve(Buffer.concat(chunks)));
    png.pack();
  });
}
