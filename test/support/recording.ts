import { join } from "node:path";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { settingsOf } from "../../src/simulate/presets.js";
import { simulate } from "../../src/simulate/simulation.js";

/** Writes recording.tif: simulated frames without their truth, square ones. @param changes of the simulation's settings @returns its path */
export async function writeRecording(
  folder: string,
  changes: Record<string, unknown> = {},
  frames = 120,
  side = 96,
): Promise<string> {
  const path = join(folder, "recording.tif");
  const calibration = { unit: "nm", pixelWidth: 110, pixelHeight: 110 };
  const stack = { width: side, height: side, frames, pixelType: "uint16", calibration } as const;
  const writer = await createStackWriter(path, stack);
  const settings = settingsOf(undefined, {
    frames,
    width: side,
    height: side,
    pixelSize: 110,
    psfSigma: 140,
    density: 0.15,
    photons: 1_500,
    onTime: 0.12,
    background: 15,
    ...changes,
  });
  for await (const { pixels } of simulate(settings, 11, { threads: 0 })) await writer.write(pixels);
  await writer.finish();
  return path;
}
