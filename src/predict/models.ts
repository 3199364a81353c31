import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError } from "../base/errors.js";
import { defconHome, modelFolders } from "../base/home.js";
import { MODEL_EXTENSIONS } from "../formats/registry.js";

/** A model file that goes by a name. */
export interface NamedModel {
  name: string;
  path: string;
}

/** Name of the model that is used when none is asked for, where a model of that name is installed. */
const PREFERRED = "defcon";

/**
 * The models that go by a name: those given by path first, then the installed ones; the first is the default.
 * @param given paths of model files, most preferred first
 */
export async function namedModels(given: readonly string[]): Promise<NamedModel[]> {
  const named = new Map<string, NamedModel>();
  const add = (path: string) => {
    const name = modelName(path);
    if (name && !named.has(name)) named.set(name, { name, path: resolve(path) });
  };
  for (const path of given) add(path);
  const installed = (await Promise.all(modelFolders().map(filesOf))).flat().filter(isModelFile);
  const preferred = installed.filter((path) => modelName(path) === PREFERRED);
  for (const path of [...preferred, ...installed]) add(path);
  return [...named.values()];
}

/**
 * The model file that `nameOrPath` stands for; an empty string stands for the default.
 * @throws InputError MODEL_NOT_FOUND
 */
export async function findModel(nameOrPath: string, given: readonly string[]): Promise<NamedModel> {
  const models = await namedModels(given);
  const found = nameOrPath === "" ? models[0] : models.find(({ name }) => name === nameOrPath);
  if (found) return found;
  if (nameOrPath !== "" && (await exists(nameOrPath)))
    return { name: modelName(nameOrPath), path: resolve(nameOrPath) };
  // A file that was given and is not there must not be among those that are found.
  const there = await Promise.all(models.map(({ path }) => exists(path)));
  const installed = models
    .filter((_, i) => there[i])
    .map(({ name }) => name)
    .join(", ");
  throw new InputError("MODEL_NOT_FOUND", {
    subject: nameOrPath === "" ? "no model was named and none is installed" : `model ${nameOrPath}`,
    ...(nameOrPath !== "" && {
      expected: `a model's name or the path of a model (${MODEL_EXTENSIONS.join(", ")}, or a folder)`,
      found: installed ? `only these models: ${installed}` : "no installed model and no such file",
    }),
    advice: `Name a model file (on the command line: -m FILE), or install one: defcon-fiji import FILE.h5 -o ${join(defconHome(), "models", "defcon.onnx")}`,
  });
}

/** A file's name without its ending. */
function modelName(path: string): string {
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

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
