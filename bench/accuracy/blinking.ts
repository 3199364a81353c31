import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { loadModels } from "../../src/evaluate/models.js";
import type { Predictor } from "../../src/predict/predictor.js";
import { BLINKING, FIRST_BLINKING_SEED } from "./conditions.js";
import { shippedModel } from "./options.js";
import { measureSimulations } from "./own-frames.js";
import type { Progress } from "./progress.js";
import { countTable } from "./tables.js";

const compared = (name: string, file: string) => ({
  name,
  path: join(packageRoot, "bench", "accuracy", "models", `${file}.onnx`),
});
const MODELS = [
  compared("defcon, same frames", "defcon-blinking"),
  compared("defcon3d", "defcon3d"),
  shippedModel("defcon"),
];

/** What three frames at a time are worth: a table of a network for single frames and one for three, trained on the same. */
export async function blinkingTable(
  predictor: Predictor,
  folder: string,
  progress: Progress,
): Promise<string> {
  const loaded = await loadModels(
    predictor,
    MODELS.map(({ path }) => path),
  );
  const models = loaded.map(({ model }, i) => ({ model, name: MODELS[i]!.name }));
  const plans = BLINKING.map(({ name, settings }, i) => ({
    name,
    plan: { settings, seed: FIRST_BLINKING_SEED + i },
  }));
  const conditions = await measureSimulations(models, join(folder, "blinking"), plans, progress);
  return countTable(
    conditions,
    models.map(({ name }) => name),
  );
}
