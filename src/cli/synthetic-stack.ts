import { Random } from "../base/random.js";
import { createStackWriter } from "../frames/stack-writer.js";
import { syntheticFrame } from "../frames/synthetic-frame.js";

const [SIDE, FRAMES, SPOTS, SEED] = [64, 12, 10, 42];

/** Writes frames of Gaussian spots on a noisy background, the same ones each time. @throws InputError OUTPUT_WRITE */
export async function writeSyntheticStack(path: string): Promise<void> {
  const random = new Random(SEED, "synthetic stack");
  const writer = await createStackWriter(path, { width: SIDE, height: SIDE, frames: FRAMES });
  try {
    for (let i = 0; i < FRAMES; i++) await writer.write(syntheticFrame(SIDE, SPOTS, random).pixels);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
