import { Random } from "../base/random.js";
import { createStackWriter } from "../frames/stack-writer.js";
import { settingsOf } from "../simulate/presets.js";
import { simulate } from "../simulate/simulation.js";
import type { StackMeasurement } from "./measure/measurement.js";
import { centralSettings, sideWithin } from "./tuning-plan.js";

/** Frames of a comparison: as many as were measured, within these bounds. */
const [LEAST_FRAMES, MOST_FRAMES] = [100, 400] as const;
/** Longest side of a comparison's frames, pixels. */
const MOST_SIDE = 256;

/**
 * Simulates a stack with every setting at the middle of its measured range.
 * It is then measured by the same means as the recording.
 * @param background path of the picture of the background
 * @throws InputError OUTPUT_WRITE; DefconError CANCELLED
 */
export async function writeComparison(
  path: string,
  measured: StackMeasurement,
  background: string,
  seed: number,
  signal?: AbortSignal,
): Promise<void> {
  const { image } = measured.background;
  const [width, height] = [sideWithin(image.width, MOST_SIDE), sideWithin(image.height, MOST_SIDE)];
  const frames = Math.min(MOST_FRAMES, Math.max(LEAST_FRAMES, measured.frames));
  const settings = settingsOf(undefined, {
    ...centralSettings(measured),
    frames,
    width,
    height,
    backgroundImage: background,
  });
  const { pixelSize } = measured;
  const calibration = { unit: "nm", pixelWidth: pixelSize, pixelHeight: pixelSize };
  const writer = await createStackWriter(path, { width, height, frames, pixelType: "uint16", calibration });
  try {
    const ownSeed = new Random(seed, "comparison").below(2 ** 31);
    for await (const { pixels } of simulate(settings, ownSeed, signal ? { signal } : {})) {
      await writer.write(pixels);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
