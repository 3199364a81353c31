import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";

/** The files of scripts/oracle/dataset_fixtures.py. */
export function fixture(name: string): string {
  return join(packageRoot, "test", "data", "dataset", name);
}

const expected = JSON.parse(readFileSync(fixture("expected.json"), "utf8")) as {
  width: number;
  height: number;
  emitters: [x: number, y: number][][];
  density: Record<string, string>;
};

export const { width: WIDTH, height: HEIGHT, emitters: EMITTERS } = expected;
export const PIXELS = WIDTH * HEIGHT;

/** scipy's density maps of the emitters, frame by frame. */
export function fixtureDensity(sigma: 0.5 | 1 | 1.7): Float64Array[] {
  const all = new Float64Array(
    new Uint8Array(Buffer.from(expected.density[String(sigma)]!, "base64")).buffer,
  );
  return EMITTERS.map((_, i) => all.subarray(i * PIXELS, (i + 1) * PIXELS));
}

/** Values of a frame in [0,1]; `set` is 0 for alpha and for the tif stacks, 1 for beta. */
export function fixtureFrame(frame: number, set = 0): Float64Array {
  return Float64Array.from({ length: PIXELS }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return ((7 * x + 13 * y + 101 * frame + 29 * set) % 251) / 255;
  });
}
