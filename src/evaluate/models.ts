import { basename, dirname } from "node:path";
import { InputError } from "../base/errors.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import type { Predictor } from "../predict/predictor.js";
import type { EvaluatedModel } from "./evaluate.js";

/**
 * Loads models to be compared.
 * Files of one name in different folders, as trainings leave them, are called by their folder too.
 * @param given names or paths of models
 * @throws ModelFormatError, also MODEL_NOT_FOUND; InputError INPUT_OPTION where a model is given twice or two names are
 * the same; ModelFormatError, EngineError
 */
export async function loadModels(predictor: Predictor, given: readonly string[]): Promise<EvaluatedModel[]> {
  const loaded: { key: string; model: LoadedModel }[] = [];
  for (const key of given) {
    const model = await predictor.load(key);
    const same = loaded.find((other) => other.model.summary.path === model.summary.path);
    if (same) throw ambiguous(`${same.key} and ${key}`, "the same file twice", "Name each model once.");
    loaded.push({ key, model });
  }
  const named = loaded.map(({ key, model }) => {
    const { name, path } = model.summary;
    const unique = loaded.filter((other) => other.model.name === name).length === 1;
    return { key, model, name: unique ? name : `${basename(dirname(path))}/${name}` };
  });
  for (const [i, { key, name }] of named.entries()) {
    const same = named.slice(0, i).find((other) => other.name === name);
    if (same) {
      throw ambiguous(`${same.key} and ${key}`, `${name} for both`, "Rename one of the files or folders.");
    }
  }
  return named.map(({ model, name }) => ({ model, name }));
}

function ambiguous(subject: string, found: string, advice: string): InputError {
  return new InputError("INPUT_OPTION", { subject, expected: "models with different names", found, advice });
}
