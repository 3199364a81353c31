import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError, messageOf, notReadable } from "../base/errors.js";
import { WINDOW } from "../model/layers.js";
import { checkedVariety, type DrawnSettings, type Variety } from "../simulate/drawn-settings.js";
import { SETTINGS } from "../simulate/settings-table.js";
import { LEAST_SIDE, SIDE_STEP } from "./samples.js";

/** A training set of many short simulations, each of settings of its own. */
export interface SimulatedSetPlan extends Variety {
  /** The same plan gives the same set. */
  seed: number;
  /** How many simulations. */
  runs: number;
  /** Frames of each. */
  frames: number;
  /** Of the frames, pixels. */
  side: number;
  /** Samples are three consecutive frames; the first of a simulation that are too few for one are left out. */
  temporal?: boolean;
}

const WHOLE_NUMBERS: Record<"seed" | "runs" | "frames" | "side", { least: number; step: number }> = {
  seed: { least: 0, step: 1 },
  runs: { least: 1, step: 1 },
  frames: { least: 1, step: 1 },
  side: { least: LEAST_SIDE, step: SIDE_STEP },
};

/** Reads a plan. @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT */
export async function readSimulatedSetPlan(path: string): Promise<SimulatedSetPlan> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw notReadable(path, "the plan of a simulated training set (JSON)", cause);
  });
  const value = parsed(path, text);
  const variety = checkedVariety(value, path);
  const numbers = value as Record<string, unknown>;
  for (const [name, { least, step }] of Object.entries(WHOLE_NUMBERS)) {
    const number = numbers[name];
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= least && number % step === 0)
      continue;
    const kind = step === 1 ? "whole number" : `multiple of ${step}`;
    throw planError(path, name, `a ${kind} of at least ${least}`, number);
  }
  const { seed, runs, frames, side, temporal = false } = value as SimulatedSetPlan;
  if (typeof temporal !== "boolean") throw planError(path, "temporal", "true or false", temporal);
  if (temporal && frames < WINDOW) {
    throw planError(path, "frames", `at least ${WINDOW} in a temporal set`, frames);
  }
  return { ...withPaths(variety, dirname(resolve(path))), seed, runs, frames, side, temporal };
}

/** Paths in a plan are relative to its file. */
function withPaths({ settings, mixtures }: Variety, folder: string): Variety {
  const located = (drawn: DrawnSettings): DrawnSettings =>
    Object.fromEntries(
      Object.entries(drawn).map(([name, value]) => {
        const isFile = "file" in SETTINGS[name as keyof typeof SETTINGS] && typeof value === "string";
        return [name, isFile ? resolve(folder, value) : value];
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
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError("INPUT_FORMAT", {
      subject: path,
      expected: "the plan of a simulated training set (JSON)",
      found: messageOf(cause),
      cause,
    });
  }
}
