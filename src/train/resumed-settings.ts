import { TrainingError } from "../base/errors.js";
import type { Architecture } from "../model/layers.js";
import type { Checkpoint } from "./checkpoint.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "./settings.js";
import { planStages } from "./stages.js";

/** Settings that do not change the model. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...["set", "output", "checkpoints", "name", "engine", "device"],
]);
/** Settings that a training may go on with other values of, by the last part of their names. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  ...["epochs", "learningRate", "finalLearningRate", "patience"],
]);

/**
 * The settings that a training goes on with, and the record of what was changed in them.
 * Stages that are over keep the settings that they were trained with.
 * @throws TrainingError TRAINING_STATE for settings that cannot change on the way, by name
 */
export function resumedSettings(
  architecture: Architecture,
  { settings: saved, position, changes = [] }: Checkpoint,
  given: TrainingSettings,
): Pick<Checkpoint, "settings" | "changes"> {
  // A checkpoint of an earlier version may lack newer settings.
  const before: TrainingSettings = { ...TRAINING_DEFAULTS, ...saved };
  const stages = planStages(architecture, before).map(({ name }) => name);
  const isOver = stages.slice(0, position.stage).includes("segmentation");
  const settings = isOver ? { ...given, segmentation: before.segmentation } : given;
  const [old, now] = [flat(before), flat(settings)];
  const differing = [...new Set([...old.keys(), ...now.keys()])].filter(
    (key) => !WITHOUT_EFFECT.has(key) && old.get(key) !== now.get(key),
  );
  const fixed = differing.filter((key) => !CHANGEABLE.has(key.slice(key.lastIndexOf(".") + 1)));
  const describe = (key: string) => `${key} ${now.get(key) ?? "none"} instead of ${old.get(key) ?? "none"}`;
  if (fixed.length > 0) {
    const expected = `the same ${fixed.join(", ")} as before`;
    throw stateError(settings, expected, fixed.map(describe).join(", "));
  }
  if (differing.length === 0) return { settings, ...(changes.length > 0 && { changes }) };
  const stage = stages[position.stage];
  if (stage === undefined) throw stateError(settings, "a training that can go on", FINISHED);
  const from = `from the ${stage} stage, epoch ${position.epoch + 1} on`;
  return { settings, changes: [...changes, `${differing.map(describe).join(", ")}, ${from}`] };
}

const FINISHED = "a finished one of an earlier version; start from its model with --init";

/** Settings by the path of their names: "density.batchSize" → "32". */
function flat(settings: object, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(settings).flatMap(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? [...flat(value, `${prefix}${key}.`)]
        : value === undefined
          ? []
          : [[`${prefix}${key}`, JSON.stringify(value)] as const],
    ),
  );
}

/** The error of a checkpoint that a training cannot go on from as it was asked to. */
export function stateError(
  { checkpoints }: TrainingSettings,
  expected: string,
  found: string,
): TrainingError {
  return new TrainingError("TRAINING_STATE", {
    subject: `checkpoint in ${checkpoints}`,
    expected,
    found,
    advice:
      "Give the settings and the set of the interrupted training, or train in another folder. Only --epochs, --patience, --learning-rate and --final-learning-rate may change on the way.",
  });
}
