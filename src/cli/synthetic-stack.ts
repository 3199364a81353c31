import { createStackWriter } from "../frames/stack-writer.js";
import { settingsOf } from "../simulate/presets.js";
import { simulate } from "../simulate/simulation.js";

const SETTINGS = settingsOf("100nm-scmos", { frames: 12, width: 64, height: 64, density: 0.25 });
const SEED = 42;

/**
 * Writes simulated frames of about ten emitters each, always the same ones.
 * @param force whether an earlier tif may be replaced
 * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
 */
export async function writeSyntheticStack(path: string, force = false): Promise<void> {
  const { frames, width, height } = SETTINGS;
  const writer = await createStackWriter(path, {
    ...{ width, height, frames, force },
    pixelType: "uint16",
  });
  try {
    for await (const { pixels } of simulate(SETTINGS, SEED)) await writer.write(pixels);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
