import { Random } from "../../src/base/random.js";

/** A molecule in a frame: pixels from the corner of the first one. */
export interface PlacedSpot {
  /** Index from 0. */
  frame: number;
  x: number;
  y: number;
}

/** A stack in memory, and its molecules. */
export interface SpotStack {
  frames: number;
  width: number;
  height: number;
  spots: PlacedSpot[];
  /** Pixels (H,W) of a frame. */
  pixels(index: number): Promise<Float32Array>;
}

const [FRAMES, WIDTH, HEIGHT, SPOTS] = [20, 40, 32, 5];
const [SIGMA, LIGHT, BACKGROUND, NOISE] = [1.2, 600, 100, 5];

/** Frames of 40×32 with five molecules each, anew in every frame, on noise. */
export function spotStack(seed = 7): SpotStack {
  const random = new Random(seed, "spot stack");
  const spots = Array.from({ length: FRAMES * SPOTS }, (_, i) => ({
    frame: Math.floor(i / SPOTS),
    x: random.uniform(2, WIDTH - 2),
    y: random.uniform(2, HEIGHT - 2),
  }));
  const images = Array.from({ length: FRAMES }, (_, frame) =>
    Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
      const [column, row] = [(i % WIDTH) + 0.5, Math.floor(i / WIDTH) + 0.5];
      const light = spots
        .filter((spot) => spot.frame === frame)
        .reduce(
          (sum, { x, y }) => sum + Math.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * SIGMA ** 2)),
          0,
        );
      return BACKGROUND + (LIGHT / (2 * Math.PI * SIGMA ** 2)) * light + NOISE * random.normal();
    }),
  );
  return { frames: FRAMES, width: WIDTH, height: HEIGHT, spots, pixels: async (index) => images[index]! };
}
