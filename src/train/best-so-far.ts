import { join } from "node:path";
import { writeModel } from "../formats/registry.js";
import { readCheckpoint } from "./checkpoint.js";
import { trainedModel } from "./model.js";
import { knownArchitecture, planStages, withParameters } from "./stages.js";
import { startingCertainty } from "./starting-certainty.js";

/**
 * Writes the model of a training that was broken off: the best weights of the stage under way, and those before it as they ended.
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
  // How far it is to be trusted was not measured; of what there is, what holds for the model that it began with is nearest.
  const certainty = await startingCertainty(settings);
  const model = trainedModel(architecture, { ...checkpoint, weights });
  await writeModel(path, { ...model, ...(certainty && { certainty }) });
  return path;
}
