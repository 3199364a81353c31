import { OPEN_RULES, REPLACEMENTS } from "../../frames/open-options.js";
import type { WireTuningSettings } from "../../protocol/training-codec.js";
import { TUNING_DEFAULTS, TUNING_RULES, type TuningSettings } from "../../tune/tuned-model.js";
import { configError, list, number, oneOf, path, text } from "../request-fields.js";

/**
 * The settings of a tuning that a client asks for, with defaults for those that it left out.
 * The tuning itself checks what only the recording or the model can tell.
 * @throws TrainingError TRAINING_CONFIG, naming the field
 */
export function checkTuningRequest(wire: WireTuningSettings | null | undefined): TuningSettings {
  const sent = wire ?? {};
  const stacks = list("stacks", sent.stacks ?? [], (stack) => path("stacks", stack));
  if (stacks.length === 0) throw configError("stacks", "one or more", "none");
  return {
    stacks,
    folder: path("output", sent.output),
    minutes: number("minutes", TUNING_RULES.minutes, sent.minutes ?? TUNING_DEFAULTS.minutes),
    ...(sent.from != null && { from: text("from", sent.from) }),
    ...(sent.pixelSize != null && {
      pixelSize: number("pixelSize", TUNING_RULES.pixelSize, sent.pixelSize),
    }),
    seed: number("seed", TUNING_RULES.seed, sent.seed ?? TUNING_DEFAULTS.seed),
    replace: sent.replace ?? TUNING_DEFAULTS.replace,
    ...(sent.channel != null && { channel: number("channel", OPEN_RULES.channel, sent.channel) }),
    ...(sent.salvage && { salvage: true }),
    ...(sent.replaceInvalid != null && {
      replaceInvalid: oneOf("replaceInvalid", REPLACEMENTS, sent.replaceInvalid),
    }),
  };
}
