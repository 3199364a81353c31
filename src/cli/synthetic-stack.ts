import { createStackWriter } from "../frames/stack-writer.js";

const SIDE = 64;
const FRAMES = 12;
const SPOTS = 10;
const [BACKGROUND, NOISE, PEAK, SIGMA] = [100, 6, 120, 1.3];

/** Writes frames of Gaussian spots on a noisy background, the same ones each time. @throws InputError OUTPUT_WRITE */
export async function writeSyntheticStack(path: string): Promise<void> {
  const random = seeded(42);
  const writer = await createStackWriter(path, { width: SIDE, height: SIDE, frames: FRAMES });
  try {
    for (let i = 0; i < FRAMES; i++) await writer.write(frame(random));
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function frame(random: () => number): Float32Array {
  const pixels = Float32Array.from({ length: SIDE * SIDE }, () => BACKGROUND + NOISE * normal(random));
  for (let spot = 0; spot < SPOTS; spot++) {
    const [x, y] = [random() * SIDE, random() * SIDE];
    for (let i = 0; i < pixels.length; i++) {
      const squared = ((i % SIDE) + 0.5 - x) ** 2 + (Math.floor(i / SIDE) + 0.5 - y) ** 2;
      pixels[i]! += PEAK * Math.exp(-squared / (2 * SIGMA ** 2));
    }
  }
  return pixels;
}

/** A standard normal value (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform values in [0, 1): a linear congruential generator modulo 2^32 (Numerical Recipes' constants). */
function seeded(state: number): () => number {
  let current = state;
  return () => {
    current = (Math.imul(current, 1_664_525) + 1_013_904_223) >>> 0;
    return current / 2 ** 32;
  };
}
