import { join } from "node:path";
import { NATIVE_FORMAT, writeModel } from "../formats/registry.js";
import { readCheckpoint } from "./checkpoint.js";
import { trainedModel } from "./model.js";
import { knownArchitecture, planStages, withParameters } from "./stages.js";
import { startingCertainty } from "./starting-certainty.js";

/**
 * Writes the model of a training that was broken off, with the best weights so far.
 * Stages that are over have the weights that they ended with.
 * @param folder of the checkpoint
 * @returns the path of NAME.onnx in the folder; undefined where no epoch was finished
 * @throws TrainingError TRAINING_STATE; InputError OUTPUT_WRITE
 */
export async function writeBestSoFar(folder: string): Promise<string | undefined> {
  const checkpoint = await readCheckpoint(folder);
  if (!checkpoint || checkpoint.history.length === 0) return undefined;
  const { settings, position, best } = checkpoint;
  const architecture = knownArchitecture(settings.architecture);
  const stage = planStages(architecture, settings)[position.stage];
  const weights = stage ? withParameters(checkpoint.weights, stage, best) : checkpoint.weights;
  const path = join(folder, `${settings.name}.onnx`);
  // This model's own errors were not measured; those of the model it started from are nearest.
  const certainty = await startingCertainty(settings);
  const model = trainedModel(architecture, { ...checkpoint, weights });
  await writeModel(path, { ...model, ...(certainty && { certainty }) }, NATIVE_FORMAT, {}, true);
  return path;
}
