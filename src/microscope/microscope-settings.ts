import { checkOptions, NAMED_VALUES, numberArgument, type RulesOf } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { ABOVE_ZERO, type NumberRule, numberFrom, wholeNumber } from "../base/number-rule.js";
import { LIGHT_UNIT } from "../control/control-settings.js";
import { checkBackground } from "../simulate/background.js";
import { checkedSettings, type SimulationSettings } from "../simulate/settings.js";

/** A number of the simulated microscope. */
interface MicroscopeNumberRow extends NumberRule {
  readonly text: string;
  readonly unit: string;
  /** Undefined: without effect unless given. */
  readonly default: number | undefined;
}

/**
 * The numbers of the sample and of what happens to it.
 * Dyes that come on twenty times and are on for a tenth of a second last for an hour at ten
 * molecules a frame.
 */
export const MICROSCOPE_NUMBERS = {
  labelling: { text: "molecules of the sample", unit: "1/µm²", default: 500, ...ABOVE_ZERO },
  activation: {
    text: "rate at which a dark molecule comes on at full output",
    unit: "1/s",
    default: 0.05,
    ...ABOVE_ZERO,
  },
  fullOutput: {
    text: "the output that this rate is meant for",
    unit: LIGHT_UNIT,
    default: 100,
    ...ABOVE_ZERO,
  },
  spontaneous: {
    text: "rate at which it comes on without light",
    unit: "1/s",
    default: 0.0002,
    ...numberFrom(0),
  },
  onTime: { text: "mean time on", unit: "s", default: 0.1, ...ABOVE_ZERO },
  blinks: {
    text: "mean number of times on before a molecule bleaches",
    unit: "",
    default: 20,
    ...numberFrom(1),
  },
  drift: { text: "drift of the stage along x", unit: "nm/s", default: 0, ...numberFrom(0) },
  disturbedAt: {
    text: "time at which the light loses effect",
    unit: "s",
    default: undefined,
    ...numberFrom(0),
  },
  disturbance: {
    text: "what is left of its effect then, as a share",
    unit: "",
    default: 0.4,
    ...numberFrom(0),
  },
  seed: { text: "the same seed gives the same sample", unit: "", default: 1, ...wholeNumber(0) },
} as const satisfies Record<string, MicroscopeNumberRow>;

export type MicroscopeNumber = keyof typeof MICROSCOPE_NUMBERS;

/** All settings of a simulated microscope. */
export type MicroscopeSettings = { [Name in Exclude<MicroscopeNumber, "disturbedAt">]: number } & {
  disturbedAt: number | undefined;
  /** The camera and the optics, as in a simulation. */
  simulation: SimulationSettings;
};

/** Settings as they are given: what differs from the defaults. */
export type GivenMicroscope = { readonly [Name in MicroscopeNumber]?: number | undefined } & {
  readonly simulation?: Readonly<Partial<SimulationSettings>> | undefined;
};

/** What of a simulation differs from its own defaults. Two processors count such frames at camera rate. */
export const MICROSCOPE_SIMULATION = { width: 64, height: 64 } as const satisfies Partial<SimulationSettings>;

const RULES: RulesOf<GivenMicroscope> = {
  simulation: NAMED_VALUES,
  ...(Object.fromEntries(
    Object.entries(MICROSCOPE_NUMBERS).map(([name, rule]) => [name, numberArgument(rule)]),
  ) as Omit<RulesOf<GivenMicroscope>, "simulation">),
};

/**
 * Completes settings with the defaults, and checks them.
 * @throws InputError INPUT_OPTION
 */
export function checkedMicroscope(settings: GivenMicroscope): MicroscopeSettings {
  checkOptions<GivenMicroscope>(settings, RULES, { prefix: "the microscope's " });
  const simulation = checkedSettings({ ...MICROSCOPE_SIMULATION, ...settings.simulation });
  checkBackground(simulation);
  const { structure, backgroundImage } = simulation;
  if (structure === "positions") throw unsuited("structure", structure);
  if (backgroundImage !== undefined) throw unsuited("backgroundImage", backgroundImage);
  const defaults = Object.fromEntries(
    Object.entries(MICROSCOPE_NUMBERS).map(([name, { default: value }]) => [name, value]),
  );
  return { ...defaults, ...given(settings), simulation } as MicroscopeSettings;
}

function unsuited(name: string, found: string): InputError {
  const expected = "a sample without files of its own";
  return new InputError("INPUT_OPTION", { subject: `the microscope's ${name}`, expected, found });
}
