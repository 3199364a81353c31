import { basename, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { SIMULATION_SEED } from "../api/simulate.js";
import { wholeNumber } from "../base/number-rule.js";
import { addSet, checkFree, MAP_DEFAULTS } from "../dataset/add.js";
import { SET_GROUPS } from "../dataset/layout.js";
import { readPositionsTable } from "../dataset/truth/positions-table.js";
import { brightnessOf } from "../simulate/brightness.js";
import { readConfig, type SimulationPlan } from "../simulate/config-file.js";
import { SIMULATION_FILES, writeSimulation } from "../simulate/output.js";
import { peakShareOf, pointSpreadOf } from "../simulate/point-spread.js";
import { PRESET_NAMES, settingsOf } from "../simulate/presets.js";
import { countingRule } from "../simulate/rule-of-truth.js";
import { expectedOf, isAllowed, type SimulationSettings, settingEntries } from "../simulate/settings.js";
import { SETTING_GROUPS, type SimulationSetting } from "../simulate/settings-table.js";
import { interruptible } from "./interrupt.js";
import { flagOf, numberThat } from "./options.js";
import { ProgressLine } from "./progress.js";

interface SimulateOptions extends Partial<SimulationSettings> {
  output: string;
  preset?: string;
  config?: string;
  seed?: number;
  positions?: string;
  addTo?: string;
  name?: string;
}

/** `defcon-fiji simulate`: frames of blinking molecules with the truth about them. */
export function simulateCommand(): Command {
  const command = new Command("simulate")
    .description(
      `simulate frames of single molecules: ${Object.values(SIMULATION_FILES).join(", ")} in the output folder`,
    )
    .requiredOption("-o, --output <folder>", "the folder to write")
    .addOption(
      new Option("--preset <name>", "settings by name, which options overrule").choices(PRESET_NAMES),
    )
    .addOption(
      new Option("--config <config.json>", "repeat a simulation, with what options change").conflicts(
        "preset",
      ),
    )
    .option(
      "--seed <n>",
      `the same seed gives the same files (default: ${SIMULATION_SEED})`,
      numberThat(wholeNumber(0)),
    )
    .option("--positions <table.csv>", "columns x, y (pixels) and possibly z (nm): a molecule at each")
    .option("--add-to <set.h5>", "add frames and truth to a training set too")
    .option("--name <name>", "what to call them there (default: the output folder's name)");
  for (const [group, settings] of Object.entries(SETTING_GROUPS)) {
    for (const [name, setting] of Object.entries(settings)) {
      command.addOption(optionOf(name, setting).helpGroup(`${group}:`));
    }
  }
  return command.action(run);
}

function optionOf(name: string, setting: SimulationSetting): Option {
  const flag = flagOf(name);
  const fallback = setting.default === undefined ? "" : ` (default: ${setting.default})`;
  if ("choices" in setting)
    return new Option(`${flag} <kind>`, `${setting.text}${fallback}`).choices(setting.choices);
  if ("file" in setting) return new Option(`${flag} <file>`, `${setting.text} (${setting.file})`);
  const unit = setting.unit ? `, ${setting.unit}` : "";
  const parse = numberThat({ expected: expectedOf(setting), holds: (value) => isAllowed(setting, value) });
  return new Option(`${flag} <n>`, `${setting.text}${unit}${fallback}`).argParser(parse);
}

async function run(options: SimulateOptions): Promise<void> {
  const { output, addTo, name = basename(output) } = options;
  const plan = await planOf(options);
  if (addTo !== undefined) await checkFree(addTo, name, SET_GROUPS);
  const { photons, snr } = brightnessOf(plan.settings, peakShareOf(pointSpreadOf(plan.settings)));
  const rule = countingRule(photons);
  const progress = new ProgressLine(basename(output), plan.settings.frames);
  const emitters = await interruptible(`${output} was not written`, async (signal) => {
    try {
      return await writeSimulation(output, plan, {
        signal,
        onFrame: () => progress.advance(),
        onWritten: async (folder) => {
          if (addTo === undefined) return;
          const [frames, truth] = [
            join(folder, SIMULATION_FILES.frames),
            join(folder, SIMULATION_FILES.truth),
          ];
          await addSet(addTo, name, frames, truth, { ...MAP_DEFAULTS, ...rule, signal });
        },
      });
    } finally {
      progress.clear();
    }
  });
  const { frames, width, height } = plan.settings;
  console.log(`${output}: ${frames} frames of ${width} x ${height}, ${emitters} rows of emitters`);
  console.log(
    `  ${photons.toPrecision(4)} photons from an emitter on for a whole frame, peak SNR ${snr.toPrecision(3)}`,
  );
  if (addTo !== undefined) {
    const { threshold, leastSnr } = rule;
    console.log(
      `  added to ${addTo} as ${name}, emitters above ${threshold.toPrecision(4)} photons and clearer than SNR ${leastSnr}`,
    );
  }
}

async function planOf(options: SimulateOptions): Promise<SimulationPlan> {
  const base = options.config === undefined ? undefined : await readConfig(options.config);
  const positions =
    options.positions === undefined ? base?.positions : await readPositionsTable(options.positions);
  const changes: Record<string, unknown> = {};
  for (const [name] of settingEntries()) if (options[name] !== undefined) changes[name] = options[name];
  if (options.backgroundImage !== undefined) changes.backgroundImage = resolve(options.backgroundImage);
  if (options.positions !== undefined) changes.structure ??= "positions";
  return {
    settings: settingsOf(options.preset, { ...base?.settings, ...changes }),
    seed: options.seed ?? base?.seed ?? SIMULATION_SEED,
    ...(positions && { positions }),
  };
}
