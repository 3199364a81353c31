import { checkOptions, numberArgument, oneOf, type RulesOf } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { ABOVE_ZERO, type NumberRule, numberFrom } from "../base/number-rule.js";
import { optionText } from "../base/option-text.js";

/** What a controller does with the light. */
export const CONTROL_MODES = {
  manual: "keeps the output where it was put by hand",
  pi: "holds the set point by proportional and integral control, tuned by a step of the output",
  "inverse-threshold": "the output is inversely proportional to the reading",
} as const;

/** Name of a mode of {@link Controller}: what it does with the light. */
export type ControlMode = keyof typeof CONTROL_MODES;

const SHARE: NumberRule = { expected: "a number from 0 to 1", holds: (value) => value >= 0 && value <= 1 };

/** A number of a controller: what it is, its unit, its default, and what it may be. */
interface ControlNumberRow extends NumberRule {
  readonly text: string;
  readonly unit: string;
  /** Undefined where it must be given, or follows from others. */
  readonly default: number | undefined;
}

/** Stands for the unit of an output, which the light decides: %, mW. */
export const LIGHT_UNIT = "in the unit of the light";

/** The numbers of a controller. */
export const CONTROL_NUMBERS = {
  setPoint: { text: "the reading to hold", unit: "", default: undefined, ...ABOVE_ZERO },
  output: {
    text: "the output by hand, at the start of pi, and of inverse-threshold at the set point",
    unit: LIGHT_UNIT,
    default: undefined,
    ...numberFrom(0),
  },
  outputMin: { text: "the least output", unit: LIGHT_UNIT, default: 0, ...numberFrom(0) },
  outputMax: { text: "the greatest output", unit: LIGHT_UNIT, default: 100, ...ABOVE_ZERO },
  safeOutput: {
    text: "the output where control is not safe",
    unit: LIGHT_UNIT,
    default: 0,
    ...numberFrom(0),
  },
  maxChange: {
    text: "most change of the output in a second, as a share of its range",
    unit: "1/s",
    default: 5,
    ...ABOVE_ZERO,
  },
  deadband: {
    text: "changes below this share of the output are not made",
    unit: "",
    default: 0.03,
    ...SHARE,
  },
  lostAfter: {
    text: "time without readings after which control is not safe",
    unit: "s",
    default: 2,
    ...ABOVE_ZERO,
  },
  implausibleAbove: {
    text: "a reading above so many set points is implausible",
    unit: "",
    default: 20,
    ...ABOVE_ZERO,
  },
} as const satisfies Record<string, ControlNumberRow>;

export type ControlNumber = keyof typeof CONTROL_NUMBERS;

/** All settings of a {@link Controller}. Outputs are in the unit of the light. */
export interface ControlSettings {
  mode: ControlMode;
  /** The reading to hold, in the unit of the readings. */
  setPoint: number;
  /** The output by hand, at the start of `pi`, and of `inverse-threshold` at the set point. */
  output: number;
  outputMin: number;
  outputMax: number;
  /** The output where control is not safe. It may be below `outputMin`. */
  safeOutput: number;
  /** Most change of the output in a second, as a share of its range. */
  maxChange: number;
  /** Changes below this share of the output are not made. */
  deadband: number;
  /** Time without readings after which control is not safe, s. */
  lostAfter: number;
  /** A reading above so many set points is implausible. */
  implausibleAbove: number;
}

/** Settings as they are given: the set point, and what differs from the defaults. */
export type GivenControl = { readonly [Name in keyof ControlSettings]?: ControlSettings[Name] | undefined };

const RULES: RulesOf<ControlSettings> = {
  mode: oneOf(Object.keys(CONTROL_MODES)),
  ...(Object.fromEntries(
    Object.entries(CONTROL_NUMBERS).map(([name, rule]) => [name, numberArgument(rule)]),
  ) as Omit<RulesOf<ControlSettings>, "mode">),
};

/** Where the output starts that is not given, as a share of its range. */
const START_SHARE = 0.1;

/**
 * Completes settings, and checks each alone and all together.
 * The mode is `pi` where it is not given, and the output starts at a tenth of its range.
 * @throws InputError INPUT_OPTION
 */
export function checkedControl(settings: GivenControl): ControlSettings {
  checkOptions<ControlSettings>(settings, RULES, { required: ["setPoint"], prefix: PREFIX });
  const defaults = Object.fromEntries(
    Object.entries(CONTROL_NUMBERS).map(([name, { default: value }]) => [name, value]),
  );
  const all = { mode: "pi", ...defaults, ...given(settings) } as ControlSettings;
  const { outputMin, outputMax, safeOutput } = all;
  if (!(outputMax > outputMin))
    throw wrong("outputMax", `above ${optionText("outputMin")}, ${outputMin}`, outputMax);
  all.output ??= outputMin + START_SHARE * (outputMax - outputMin);
  if (all.output < outputMin || all.output > outputMax) {
    throw wrong("output", `from ${outputMin} to ${outputMax}, its limits`, all.output);
  }
  if (safeOutput > outputMax)
    throw wrong("safeOutput", `at most ${optionText("outputMax")}, ${outputMax}`, safeOutput);
  return all;
}

const PREFIX = "the controller's ";

function wrong(name: keyof ControlSettings, expected: string, found: number): InputError {
  const advice = "docs/control.md lists all settings.";
  return new InputError("INPUT_OPTION", {
    subject: PREFIX + optionText(name),
    expected,
    found: String(found),
    advice,
  });
}
