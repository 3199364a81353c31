import {
  type ArgumentRule,
  checkArgument,
  checkOptions,
  FLAG,
  NAMED_VALUES,
  numberArgument,
  PATH,
  SIGNAL,
} from "../base/arguments.js";
import { throwIfCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { wholeNumber } from "../base/number-rule.js";
import type { Options } from "../base/options.js";
import { writeSimulation } from "../simulate/output.js";
import { settingsOf } from "../simulate/presets.js";
import type { SimulationSettings } from "../simulate/settings.js";
import { simulate as frames, type SimulatedFrame } from "../simulate/simulation.js";
import { arePlaces, type Place } from "../simulate/structures.js";
import { CALL_RULES, type CallOptions } from "./work.js";

/** Settings of a simulation; those left out have the preset's values, or their defaults. */
export interface SimulateSettings extends Options<SimulationSettings> {
  /** One of {@link SIMULATION_PRESETS}. */
  preset?: string | undefined;
}

/** What repeats a simulation, besides its settings. */
export interface SimulateOptions {
  /** The same settings and seed give the same frames; 42 where left out. */
  seed?: number | undefined;
  /** Positions of molecules, which the structure "positions" alone takes. */
  positions?: readonly Place[] | undefined;
  signal?: AbortSignal | undefined;
}

/** How a simulation is written. */
export interface SimulateIntoOptions extends SimulateOptions, CallOptions {
  /** Whether the folder of an earlier simulation may be replaced; false where left out. */
  force?: boolean | undefined;
}

const PLACES: ArgumentRule = { expected: "a list of places [x, y, z]", holds: arePlaces };
const SIMULATE_RULES = { seed: numberArgument(wholeNumber(0)), positions: PLACES, signal: SIGNAL };

/** The seed where none is given. */
export const SIMULATION_SEED = 42;

/**
 * Simulates frames of blinking molecules with their truth, in order, as fast as they are taken.
 * @throws InputError INPUT_OPTION, INPUT_NOT_FOUND, INPUT_FORMAT; DefconError CANCELLED
 */
export function simulate(
  settings: SimulateSettings = {},
  options: SimulateOptions = {},
): AsyncGenerator<SimulatedFrame> {
  checkOptions(options, SIMULATE_RULES);
  const { seed = SIMULATION_SEED, positions, signal } = options;
  return frames(complete(settings, positions), seed, given({ positions, signal }));
}

/**
 * Simulates into a folder, which appears whole, with {@link SIMULATION_FILES} in it, or not at all.
 * @returns rows of the table of emitters
 * @throws InputError INPUT_OPTION, OUTPUT_WRITE, OUTPUT_EXISTS; DefconError CANCELLED; what
 * `onProgress` throws
 */
export async function simulateInto(
  folder: string,
  settings: SimulateSettings = {},
  options: SimulateIntoOptions = {},
): Promise<number> {
  checkArgument("folder", folder, PATH);
  checkOptions(options, { ...SIMULATE_RULES, ...CALL_RULES, force: FLAG });
  const { seed = SIMULATION_SEED, positions, signal, onProgress, force } = options;
  throwIfCancelled(signal);
  const all = complete(settings, positions);
  let done = 0;
  let fault: { error: unknown } | undefined;
  const onFrame = () => {
    try {
      onProgress?.(++done, all.frames);
    } catch (error) {
      fault = { error };
      throw error;
    }
  };
  const plan = { settings: all, seed, ...(positions && { positions: [...positions] }) };
  try {
    return await writeSimulation(folder, plan, { ...given({ signal }), force, onFrame });
  } catch (error) {
    // The writer would call it an error of the disk.
    throw fault ? fault.error : error;
  }
}

function complete(settings: SimulateSettings, positions: SimulateOptions["positions"]): SimulationSettings {
  checkArgument("settings", settings, NAMED_VALUES);
  const { preset, ...others } = settings;
  const all = settingsOf(preset, given(others));
  if (!positions || all.structure === "positions") return all;
  throw new InputError("INPUT_OPTION", {
    subject: "option positions",
    expected: 'the structure "positions" among the settings',
    found: `"${all.structure}"`,
  });
}
