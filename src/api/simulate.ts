import { throwIfCancelled } from "../base/cancelled.js";
import { writeSimulation } from "../simulate/output.js";
import { settingsOf } from "../simulate/presets.js";
import type { SimulationSettings } from "../simulate/settings.js";
import { simulate as frames, type SimulatedFrame } from "../simulate/simulation.js";
import type { Place } from "../simulate/structures.js";
import type { CallOptions } from "./work.js";

/** Settings of a simulation; those left out have the preset's values, or their defaults. */
export interface SimulateSettings extends Partial<SimulationSettings> {
  /** One of {@link SIMULATION_PRESETS}. */
  preset?: string | undefined;
}

/** What repeats a simulation, besides its settings. */
export interface SimulateOptions {
  /** The same settings and seed give the same frames; 42 where left out. */
  seed?: number | undefined;
  /** Positions of molecules, for the structure "positions". */
  positions?: readonly Place[] | undefined;
  signal?: AbortSignal | undefined;
}

/** How a simulation is written. */
export interface SimulateIntoOptions extends SimulateOptions, CallOptions {
  /** Whether the folder of an earlier simulation may be replaced; false where left out. */
  force?: boolean | undefined;
}

/** The seed where none is given. */
export const SIMULATION_SEED = 42;

/**
 * Simulates frames of blinking molecules with their truth, in order, as fast as they are taken.
 * @throws InputError INPUT_OPTION, INPUT_NOT_FOUND, INPUT_FORMAT; DefconError CANCELLED
 */
export function simulate(
  settings: SimulateSettings = {},
  { seed = SIMULATION_SEED, positions, signal }: SimulateOptions = {},
): AsyncGenerator<SimulatedFrame> {
  return frames(complete(settings), seed, { ...(positions && { positions }), ...(signal && { signal }) });
}

/**
 * Simulates into a folder, which appears whole, with {@link SIMULATION_FILES} in it, or not at all.
 * @returns rows of the table of emitters
 * @throws InputError INPUT_OPTION, OUTPUT_WRITE, OUTPUT_EXISTS; DefconError CANCELLED
 */
export function simulateInto(
  folder: string,
  settings: SimulateSettings = {},
  { seed = SIMULATION_SEED, positions, signal, onProgress, force }: SimulateIntoOptions = {},
): Promise<number> {
  throwIfCancelled(signal);
  const all = complete(settings);
  let done = 0;
  return writeSimulation(
    folder,
    { settings: all, seed, ...(positions && { positions: [...positions] }) },
    { ...(signal && { signal }), force, onFrame: () => onProgress?.(++done, all.frames) },
  );
}

function complete({ preset, ...settings }: SimulateSettings): SimulationSettings {
  return settingsOf(preset, settings);
}
