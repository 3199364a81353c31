import { basename, join } from "node:path";
import { checkDiskSpace } from "../base/disk-space.js";
import { InputError } from "../base/errors.js";
import { ABOVE_ZERO, type NumberRule } from "../base/number-rule.js";
import { ModelLibrary } from "../library/model-library.js";
import { LENGTH_SETTINGS, RUN_SETTINGS } from "../train/settings-table.js";
import { TUNING_FILES, type TuneEvent, type TuneOptions, tune } from "./tune.js";

/** Settings of a tuning whose model is installed for the user. */
export interface TuningSettings extends Omit<TuneOptions, "name" | "signal" | "onEvent" | "replace"> {
  /** Replace an earlier tuning's folder, and a model that is installed under its name. */
  replace: boolean;
}

/** Settings of a tuning that are left out. */
export const TUNING_DEFAULTS = { minutes: 5, seed: RUN_SETTINGS.seed.default, replace: false } as const;

/** Rules for the numbers of a tuning, on the command line and on the wire. */
export const TUNING_RULES = {
  minutes: LENGTH_SETTINGS.minutes,
  seed: RUN_SETTINGS.seed,
  pixelSize: ABOVE_ZERO,
} as const satisfies Record<string, NumberRule>;

/** A model that was tuned and installed. */
export interface TunedModel {
  name: string;
  /** Path of the model, in the user's folder of models. */
  model: string;
  /** Path of the report. */
  report: string;
}

/**
 * What such a tuning tells. The last event is `installed`, unless the model was no better than the
 * old one.
 */
export type TunedModelEvent = TuneEvent | ({ event: "installed" } & TunedModel);

/**
 * Tunes a model to a recording and installs it under the name of its folder.
 * A model that is worse than the one it was tuned from stays in its folder.
 * @throws ModelFormatError MODEL_NAME and InputError OUTPUT_SPACE, before anything is measured; what {@link tune} throws;
 * InputError INPUT_UNMEASURABLE for a model that is not installed
 */
export async function makeTunedModel(
  settings: TuningSettings,
  {
    signal,
    onEvent = () => undefined,
  }: Pick<TuneOptions, "signal"> & { onEvent?(event: TunedModelEvent): void },
): Promise<TunedModel> {
  const { folder, replace, offered } = settings;
  const name = basename(folder);
  const library = new ModelLibrary(offered);
  await library.checkName(name, replace);
  checkDiskSpace(folder);
  const tuning = await tune({ ...settings, name, onEvent, ...(signal && { signal }) });
  const report = join(folder, TUNING_FILES.page);
  const { objections } = tuning.judgement;
  if (objections.length > 0) {
    throw new InputError("INPUT_UNMEASURABLE", {
      subject: `model ${name}`,
      expected: "a model that counts this recording better than the one it was tuned from",
      found: objections.join("; "),
      advice: `It was not installed. Look at ${report}; \`defcon-fiji model install ${tuning.model}\` installs it all the same.`,
    });
  }
  const { path: model } = await library.install(tuning.model, { name, replace });
  const made = { name, model, report };
  onEvent({ event: "installed", ...made });
  return made;
}
