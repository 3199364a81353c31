import {
  type ArgumentRule,
  checkOptions,
  FILE_NAME,
  FLAG,
  listOf,
  NAMED_VALUES,
  numberArgument,
  oneOf,
  PATH,
  type RulesOf,
  TEXT,
} from "../base/arguments.js";
import { TrainingError, type Trouble } from "../base/errors.js";
import type { DensitySettings, SimulatedLength, StageSettings, TrainingSettings } from "./settings.js";
import {
  DENSITY_SETTINGS,
  FILE_SETTINGS,
  LENGTH_SETTINGS,
  MODEL_SETTINGS,
  RUN_SETTINGS,
  STAGE_SETTINGS,
  type TrainingSetting,
} from "./settings-table.js";

const KINDS = { path: PATH, "file name": FILE_NAME, words: TEXT } as const;

const RULES: RulesOf<TrainingSettings> = {
  ...rulesOf(FILE_SETTINGS),
  ...rulesOf(MODEL_SETTINGS),
  ...rulesOf(RUN_SETTINGS),
  simulate: NAMED_VALUES,
  segmentation: NAMED_VALUES,
  density: NAMED_VALUES,
};
const SIMULATE: RulesOf<SimulatedLength> = rulesOf(LENGTH_SETTINGS);
const SEGMENTATION: RulesOf<StageSettings> = rulesOf(STAGE_SETTINGS);
const DENSITY: RulesOf<DensitySettings> = { ...SEGMENTATION, ...rulesOf(DENSITY_SETTINGS) };

/**
 * Checks settings that a program gives, each by its row in the table.
 * The training itself checks what only the set or the network can tell, such as a layer's name.
 * @throws TrainingError TRAINING_CONFIG, naming the setting
 */
export function checkSettings(settings: unknown): void {
  checkOptions<TrainingSettings>(settings, RULES, {
    required: ["set", "output"],
    prefix: "training, ",
    errorOf: configError,
  });
  const { simulate, segmentation, density } = settings as TrainingSettings;
  const check = <Part>(name: string, part: unknown, rules: RulesOf<Part>) => {
    if (part !== undefined) checkOptions(part, rules, { prefix: `training, ${name}.`, errorOf: configError });
  };
  check("simulate", simulate, SIMULATE);
  check("segmentation", segmentation, SEGMENTATION);
  check("density", density, DENSITY);
  if (simulate?.samples === undefined || simulate.minutes === undefined) return;
  throw configError({
    subject: "training, simulate",
    expected: "samples or minutes",
    found: "both",
    advice: "Leave one of them out.",
  });
}

type Rules<Settings> = { [Name in keyof Settings]: ArgumentRule };

function rulesOf<Settings extends Readonly<Record<string, TrainingSetting>>>(
  settings: Settings,
): Rules<Settings> {
  const rules = Object.entries(settings).map(([name, setting]) => [name, ruleOf(setting)]);
  return Object.fromEntries(rules) as Rules<Settings>;
}

/** What a setting's value must be. */
function ruleOf(setting: TrainingSetting): ArgumentRule {
  if ("holds" in setting) return numberArgument(setting);
  if ("choices" in setting) return oneOf(setting.choices);
  if ("kind" in setting) return KINDS[setting.kind];
  return typeof setting.default === "boolean" ? FLAG : listOf(TEXT, "names of layers");
}

function configError(trouble: Trouble): TrainingError {
  return new TrainingError("TRAINING_CONFIG", trouble);
}
