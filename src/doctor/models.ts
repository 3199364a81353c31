import { userModelFolder } from "../base/home.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { readModel } from "../formats/registry.js";
import { type NamedModel, namedModels } from "../library/named-models.js";
import { parameterCount } from "../model/weights.js";
import { brokenLine, type Line } from "./check.js";

/**
 * Checks the models that have a name.
 * Each is read as a whole, which compares its weights with the SHA-256 in its file.
 */
export async function modelLines(): Promise<Line[]> {
  const models = await namedModels([]);
  if (models.length > 0) return Promise.all(models.map((model, i) => modelLine(model, i === 0)));
  return [
    {
      name: "models",
      state: "missing",
      detail: `none in ${userModelFolder()}, and none of those that come with the program`,
      advice: `Install again: ${HOW_TO_INSTALL}`,
    },
  ];
}

async function modelLine({ name: model, path, origin }: NamedModel, isDefault: boolean): Promise<Line> {
  const name = `model ${model}`;
  try {
    const { architecture } = await readModel(path);
    const parts = [
      ...(isDefault ? ["the default"] : []),
      `architecture ${architecture.name}`,
      `${parameterCount(architecture)} parameters`,
      origin === "shipped" ? "comes with the program" : path,
    ];
    return { name, state: "ok", detail: parts.join(", ") };
  } catch (cause) {
    return brokenLine(name, cause);
  }
}
