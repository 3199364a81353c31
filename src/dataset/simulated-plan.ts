import { dirname, resolve } from "node:path";
import { InputError, messageOf } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { Random } from "../base/random.js";
import { readWholeFile } from "../base/regular-file.js";
import { WINDOW } from "../model/layers.js";
import {
  checkedVariety,
  type DrawnSettings,
  drawSettings,
  type Variety,
} from "../simulate/drawn-settings.js";
import { settingsOf } from "../simulate/presets.js";
import { SETTINGS } from "../simulate/settings-table.js";
import { checkSimulation } from "../simulate/simulation.js";
import { LEAST_SIDE, SIDE_STEP } from "./samples.js";

/** A training set of many short simulations, each with settings of its own. */
export interface SimulatedSetPlan extends Variety {
  /** The same plan gives the same set. */
  seed: number;
  /** Number of simulations. */
  runs: number;
  /** Frames of each simulation. */
  frames: number;
  /** Side of the frames, pixels. */
  side: number;
  /**
   * Whether samples are three consecutive frames.
   * Frames at the start of a simulation that are too few for a sample are left out.
   */
  temporal?: boolean;
}

/**
 * Frames of each sample, and samples of each simulation.
 * Frames at the start of a simulation that are too few for a sample are left out.
 */
export function samplesOf({ frames, temporal }: Pick<SimulatedSetPlan, "frames" | "temporal">): {
  framesPerSample: 1 | 3;
  samplesOfRun: number;
} {
  const framesPerSample = temporal ? WINDOW : 1;
  return { framesPerSample, samplesOfRun: Math.floor(frames / framesPerSample) };
}

interface WholeNumber {
  least: number;
  most: number;
  step: number;
}

const WHOLE_NUMBERS: Record<"seed" | "runs" | "frames" | "side", WholeNumber> = {
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, step: 1 },
  runs: { least: 1, most: 10_000_000, step: 1 },
  frames: { least: 1, most: 100_000, step: 1 },
  side: { least: LEAST_SIDE, most: 2_048, step: SIDE_STEP },
};

/** Draws that try a plan out before it is used: of the whole, and of each mixture's entries. */
const [CHECKED_DRAWS, CHECKED_DRAWS_OF_ENTRY] = [64, 24];

/**
 * Reads a plan and tries it out, so that a long training does not fail halfway at a slip.
 * Settings are drawn, from each entry of each mixture too, however rare it is. Pictures are read.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT; what a simulation of such settings throws,
 * naming plan and entry
 */
export async function readSimulatedSetPlan(path: string): Promise<SimulatedSetPlan> {
  const text = (
    await readWholeFile(path, "the plan of a simulated training set (JSON)", FILE_LIMITS.maxTextBytes)
  ).toString("utf8");
  const value = parsed(path, text);
  const variety = checkedVariety(value, path);
  const numbers = value as Record<string, unknown>;
  for (const [name, { least, most, step }] of Object.entries(WHOLE_NUMBERS)) {
    const number = numbers[name];
    const whole = typeof number === "number" && Number.isSafeInteger(number) && number % step === 0;
    if (whole && number >= least && number <= most) continue;
    const kind = step === 1 ? "whole number" : `multiple of ${step}`;
    throw planError(path, name, `a ${kind} from ${least} to ${most}`, number);
  }
  for (const name of Object.keys(numbers)) {
    if (!KEYS.includes(name)) throw planError(path, name, `nothing but ${KEYS.join(", ")}`, numbers[name]);
  }
  const { seed, runs, frames, side, temporal = false } = value as SimulatedSetPlan;
  if (typeof temporal !== "boolean") throw planError(path, "temporal", "true or false", temporal);
  if (temporal && frames < WINDOW) {
    throw planError(path, "frames", `at least ${WINDOW} in a temporal set`, frames);
  }
  const plan = { ...withPaths(variety, dirname(resolve(path))), seed, runs, frames, side, temporal };
  await tryPlan(path, plan);
  return plan;
}

const KEYS = [...Object.keys(WHOLE_NUMBERS), "temporal", "settings", "mixtures"];

/**
 * Whether a plan can draw frames of this side.
 * It cannot if pictures that backgrounds are cut from are smaller.
 */
export async function drawsAtSide(plan: SimulatedSetPlan, side: number): Promise<boolean> {
  if (!hasPictures(plan)) return true;
  return tryPlan("", { ...plan, side }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof InputError) return false;
      throw error;
    },
  );
}

function hasPictures({ settings, mixtures }: Variety): boolean {
  const parts = [
    settings,
    ...Object.values(mixtures).flatMap((entries) => entries.map((part) => part.settings)),
  ];
  return parts.some((part) => Object.entries(part).some(([name, value]) => isFile(name, value)));
}

function isFile(name: string, value: unknown): boolean {
  return "file" in SETTINGS[name as keyof typeof SETTINGS] && typeof value === "string";
}

async function tryPlan(path: string, plan: SimulatedSetPlan): Promise<void> {
  const random = new Random(plan.seed, "check");
  await tryDraws(path, plan, plan, random, CHECKED_DRAWS);
  for (const [name, entries] of Object.entries(plan.mixtures)) {
    for (const [i, { share, settings }] of entries.entries()) {
      if (share === 0) continue;
      const variety = { ...plan, mixtures: { ...plan.mixtures, [name]: [{ share: 1, settings }] } };
      await tryDraws(`${path}, mixtures.${name}[${i}]`, plan, variety, random, CHECKED_DRAWS_OF_ENTRY);
    }
  }
}

async function tryDraws(
  subject: string,
  { frames, side }: SimulatedSetPlan,
  variety: Variety,
  random: Random,
  draws: number,
): Promise<void> {
  try {
    for (let i = 0; i < draws; i++) {
      const drawn = drawSettings(variety, random);
      await checkSimulation(settingsOf(undefined, { ...drawn, frames, width: side, height: side }));
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code as "INPUT_OPTION", {
      ...error.trouble,
      subject: `${subject}: ${error.trouble.subject}`,
    });
  }
}

/** Paths in a plan are relative to its file. */
function withPaths({ settings, mixtures }: Variety, folder: string): Variety {
  const located = (drawn: DrawnSettings): DrawnSettings =>
    Object.fromEntries(
      Object.entries(drawn).map(([name, value]) => {
        return [name, isFile(name, value) ? resolve(folder, value as string) : value];
      }),
    );
  const entries = Object.entries(mixtures).map(([name, parts]) => [
    name,
    parts.map((part) => ({ ...part, settings: located(part.settings) })),
  ]);
  return { settings: located(settings), mixtures: Object.fromEntries(entries) };
}

function planError(path: string, name: string, expected: string, found: unknown): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: `${path}, ${name}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
  });
}

function parsed(path: string, text: string): unknown {
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "the plan of a simulated training set (JSON)",
      found: messageOf(cause),
      cause,
    });
  }
}
