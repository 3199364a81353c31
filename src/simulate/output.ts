import { join } from "node:path";
import { AtomicFile, writeFileAtomically } from "../base/atomic-file.js";
import { fillFolderAtomically } from "../base/atomic-folder.js";
import { createStackWriter, type StackWriter } from "../frames/stack-writer.js";
import { formatConfig, type SimulationPlan } from "./config-file.js";
import { type FrameTruth, type SimulatedFrame, simulate } from "./simulation.js";

/** Files of a simulation's folder. */
export const SIMULATION_FILES = {
  frames: "frames.tif",
  truth: "ground_truth.csv",
  config: "config.json",
} as const;

/** The original's columns, then further ones. */
const COLUMNS = "frame,x,y,z,brightness,background,snr,id";
/** Digits after the point: 10⁻⁴ pixels, 0.1 nm, 0.01 photons, 0.001 of a ratio. */
const DIGITS = { place: 4, z: 1, photons: 2, snr: 3 } as const;

export interface OutputOptions {
  signal?: AbortSignal;
  /** Whether the folder of an earlier simulation may be replaced; false where left out. */
  force?: boolean | undefined;
  onFrame?(): void;
  /**
   * Called with the folder when it is complete, before it is put in place. If it throws, nothing
   * stays.
   */
  onWritten?(folder: string): Promise<void>;
}

/**
 * Simulates into a folder, which appears whole or not at all.
 * It holds frames.tif, ground_truth.csv and config.json. A folder with anything else in it is never
 * replaced.
 * @returns emitters in the table
 * @throws InputError INPUT_OPTION, OUTPUT_WRITE, OUTPUT_EXISTS; DefconError CANCELLED
 */
export async function writeSimulation(
  folder: string,
  plan: SimulationPlan,
  { signal, onFrame, onWritten, force }: OutputOptions = {},
): Promise<number> {
  const ours = new Set<string>(Object.values(SIMULATION_FILES));
  let emitters = 0;
  await fillFolderAtomically(
    folder,
    { title: "a simulation", isOne: (names) => names.every((name) => ours.has(name)), force },
    async (fresh) => {
      const { settings, seed, positions } = plan;
      const frames = simulate(settings, seed, { ...(positions && { positions }), ...(signal && { signal }) });
      emitters = await writeFrames(fresh, plan, frames, onFrame);
      await writeFileAtomically(join(fresh, SIMULATION_FILES.config), formatConfig(plan));
      await onWritten?.(fresh);
    },
  );
  return emitters;
}

async function writeFrames(
  folder: string,
  { settings }: SimulationPlan,
  frames: AsyncIterable<SimulatedFrame>,
  onFrame: OutputOptions["onFrame"],
): Promise<number> {
  const { width, height, frames: count, pixelSize, exposure } = settings;
  const side = pixelSize / 1000;
  const calibration = { pixelWidth: side, pixelHeight: side, unit: "µm", frameInterval: exposure };
  const options = { width, height, frames: count, pixelType: "uint16", calibration } as const;
  const stack: StackWriter = await createStackWriter(join(folder, SIMULATION_FILES.frames), options);
  const table = await AtomicFile.create(join(folder, SIMULATION_FILES.truth));
  let emitters = 0;
  try {
    await table.write(`${COLUMNS}\n`);
    for await (const { index, pixels, truth } of frames) {
      await stack.write(pixels);
      await table.write(rowsOf(index + 1, truth));
      emitters += truth.id.length;
      onFrame?.();
    }
    await stack.finish();
    await table.commit();
  } catch (error) {
    await stack.abort();
    await table.abort();
    throw error;
  }
  return emitters;
}

function rowsOf(frame: number, { x, y, z, brightness, background, snr, id }: FrameTruth): string {
  let rows = "";
  for (let i = 0; i < id.length; i++) {
    const place = `${x[i]!.toFixed(DIGITS.place)},${y[i]!.toFixed(DIGITS.place)},${z[i]!.toFixed(DIGITS.z)}`;
    const light = `${brightness[i]!.toFixed(DIGITS.photons)},${background[i]!.toFixed(DIGITS.photons)}`;
    rows += `${frame},${place},${light},${snr[i]!.toFixed(DIGITS.snr)},${id[i]}\n`;
  }
  return rows;
}
