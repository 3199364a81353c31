import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ModelFormatError } from "../base/errors.js";
import { type ModelFolder, type ModelOrigin, modelFolders } from "../base/home.js";
import { isPlainText, plainText } from "../base/plain-text.js";
import { readSettings } from "../base/user-settings.js";
import { MODEL_EXTENSIONS } from "../formats/registry.js";

/** A model file with a name. */
export interface NamedModel {
  name: string;
  path: string;
  origin: ModelOrigin;
}

/** Name of the default model, if one of that name is installed. */
const PREFERRED = "defcon";

/**
 * The models that have a name; the first is the default.
 * Models given by path come first, then the installed ones, among which the user's choice comes
 * first.
 * @param given paths of model files, most preferred first
 * @throws InputError for a damaged settings file
 */
export async function namedModels(given: readonly string[]): Promise<NamedModel[]> {
  const named = new Map<string, NamedModel>();
  const add = (model: NamedModel) => {
    if (model.name && !named.has(model.name)) named.set(model.name, model);
  };
  for (const path of given) add(namedBy(path));
  const installed = (await Promise.all(modelFolders().map(modelsIn))).flat();
  const chosen = (await readSettings()).default_model;
  for (const preferred of [chosen, PREFERRED]) {
    for (const model of installed) if (model.name === preferred) add(model);
  }
  for (const model of installed) add(model);
  return [...named.values()];
}

/**
 * The model file of a name or path; the default model where left out.
 * @param options.paths whether a path is accepted (true)
 * @throws ModelFormatError MODEL_NOT_FOUND
 */
export async function findModel(
  nameOrPath: string | undefined,
  given: readonly string[],
  { paths = true } = {},
): Promise<NamedModel> {
  const models = await namedModels(given);
  const found = nameOrPath === undefined ? models[0] : models.find(({ name }) => name === nameOrPath);
  if (found) return found;
  if (paths && nameOrPath && (await exists(nameOrPath))) return namedBy(nameOrPath);
  // A given file that does not exist must not be listed among those that are found.
  const there = await Promise.all(models.map(({ path }) => exists(path)));
  const installed = models
    .filter((_, i) => there[i])
    .map(({ name }) => name)
    .join(", ");
  throw new ModelFormatError("MODEL_NOT_FOUND", {
    subject: nameOrPath === undefined ? "no model was named and none is installed" : `model ${nameOrPath}`,
    ...(nameOrPath !== undefined && {
      expected: paths
        ? `a model's name or the path of a model (${MODEL_EXTENSIONS.join(", ")}, or a folder)`
        : "the name of a model",
      found: installed ? `only these models: ${installed}` : "no installed model and no such file",
    }),
    advice: `Name a model file (on the command line: -m FILE), or install one: defcon-fiji model install FILE`,
  });
}

/** A model file's name without its ending. */
export function modelName(path: string): string {
  const name = basename(path);
  const extension = MODEL_EXTENSIONS.find((ending) => name.toLowerCase().endsWith(ending));
  return extension ? name.slice(0, -extension.length) : name;
}

function isModelFile(path: string): boolean {
  return (
    MODEL_EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension)) &&
    !basename(path).startsWith(".")
  );
}

function namedBy(path: string): NamedModel {
  return { name: plainText(modelName(path)), path: resolve(path), origin: "given" };
}

async function modelsIn({ folder, origin }: ModelFolder): Promise<NamedModel[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => isModelFile(path) && isPlainText(basename(path)))
    .map((path) => ({ name: modelName(path), path: resolve(path), origin }));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
