import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { checkDiskSpace } from "../base/disk-space.js";
import { InputError, ModelFormatError } from "../base/errors.js";
import { userModelFolder } from "../base/home.js";
import { LIBRARY_LIMITS } from "../base/limits.js";
import { foldedPath, isPortableName } from "../base/portable-name.js";
import { openFile } from "../base/regular-file.js";
import { changeSettings, readSettings } from "../base/user-settings.js";
import { NATIVE_FORMAT, readModel, writeModel } from "../formats/registry.js";
import { type Model, parameterCount } from "../model/weights.js";
import { findModel, modelName, type NamedModel, namedModels } from "./named-models.js";

/** Endings of the files beside a model that belong to it. */
const COMPANIONS = { card: ".md", picture: ".png" } as const;

export interface ModelInstallOptions {
  /** Name of the model; left out: the file's name without its ending. */
  name?: string | undefined;
  /** Replace a model that the user installed under the same name. */
  replace?: boolean | undefined;
}

/** What a person reads about a model. */
export interface ModelCard {
  model: NamedModel;
  /** Markdown. */
  card: string;
  /** PNG; empty where there is none. */
  picture: Uint8Array;
}

/** The models that have a name, and the user's changes to them. */
export class ModelLibrary {
  /** @param given paths of further models to offer, most preferred first; they cannot be changed */
  constructor(private readonly given: readonly string[] = []) {}

  /** All models, the default first. */
  list(): Promise<NamedModel[]> {
    return namedModels(this.given);
  }

  /**
   * Installs a model of any readable format among the user's models, as a native file.
   * The card NAME.md and the picture NAME.png beside it are installed too. The model is read as a
   * whole before it takes its place.
   * @throws InputError INPUT_NOT_FOUND, OUTPUT_WRITE, OUTPUT_SPACE; ModelFormatError, also MODEL_NAME
   * for a name that is taken or that no file can have
   */
  async install(
    path: string,
    { name = modelName(path), replace = false }: ModelInstallOptions,
  ): Promise<NamedModel> {
    // Most requests that cannot be are told so before a file is read.
    await this.checkName(name, replace);
    const model = await readModel(path);
    const before = await this.placeFor(name, replace);
    const target = join(userModelFolder(), `${name}${NATIVE_FORMAT.extensions[0]}`);
    const companions = await companionsOf(path);
    checkDiskSpace(target);
    await writeModel(target, model, NATIVE_FORMAT, {}, true);
    // Two files of one name must not stay: the wrong one might be found.
    if (before && before.path !== target) await rm(before.path, { force: true });
    for (const [part, ending] of Object.entries(COMPANIONS)) {
      const place = besides(target, ending);
      const bytes = companions.get(part);
      if (bytes) await writeFileAtomically(place, bytes);
      else if (place !== besides(path, ending)) await rm(place, { force: true });
    }
    return { name, path: target, origin: "installed" };
  }

  /**
   * Checks that a model could be installed under a name, before it is made.
   * @throws ModelFormatError MODEL_NAME
   */
  async checkName(name: string, replace: boolean): Promise<void> {
    await this.placeFor(name, replace);
  }

  /**
   * Removes one of the user's models. @throws ModelFormatError MODEL_NOT_FOUND,
   * MODEL_FIXED
   */
  async remove(name: string): Promise<void> {
    const { path, origin } = await this.find(name);
    if (origin !== "installed") {
      throw new ModelFormatError("MODEL_FIXED", {
        subject: `model ${name}`,
        expected: "a model that you have installed",
        found: ORIGIN_WORDS[origin],
        advice: "To count with another model, make that one the default.",
      });
    }
    await rm(path, { force: true });
    for (const ending of Object.values(COMPANIONS)) await rm(besides(path, ending), { force: true });
    if ((await readSettings()).default_model === name) await changeSettings({ default_model: undefined });
  }

  /**
   * Sets the model that counts where none is named, for good.
   * @throws ModelFormatError MODEL_NOT_FOUND; InputError OUTPUT_WRITE
   */
  async setDefault(name: string): Promise<void> {
    await this.find(name);
    await changeSettings({ default_model: name });
  }

  /** @throws ModelFormatError, also MODEL_NOT_FOUND */
  async card(name: string): Promise<ModelCard> {
    const model = await this.find(name);
    const companions = await companionsOf(model.path);
    const text = companions.get("card");
    return {
      model,
      card: text ? Buffer.from(text).toString("utf8") : cardOf(name, await readModel(model.path)),
      picture: companions.get("picture") ?? new Uint8Array(0),
    };
  }

  private async find(name: string): Promise<NamedModel> {
    const found = (await this.list()).find((model) => model.name === name);
    return found ?? findModel(name, this.given, { paths: false });
  }

  /** The user's model that would be replaced by one of that name, if there is one. */
  private async placeFor(name: string, replace: boolean): Promise<NamedModel | undefined> {
    if (!isPortableName(name) || name.startsWith(".")) {
      throw new ModelFormatError("MODEL_NAME", {
        subject: `model name ${JSON.stringify(name)}`,
        expected: "a name that a file can have on every system, without its folder",
        advice: "Choose another name.",
      });
    }
    const same = (await this.list()).find((model) => foldedPath(model.name) === foldedPath(name));
    if (!same || (same.origin === "installed" && replace)) return same;
    throw new ModelFormatError("MODEL_NAME", {
      subject: `model ${name}`,
      expected: "a name that is free",
      found: `${same.name}, ${ORIGIN_WORDS[same.origin]}`,
      advice:
        same.origin === "installed"
          ? "Choose another name, or have it replaced (on the command line: --replace)."
          : "Choose another name.",
    });
  }
}

const ORIGIN_WORDS: Record<NamedModel["origin"], string> = {
  installed: "a model that you have installed",
  shipped: "a model that comes with the program",
  given: "a model that the daemon was started with",
};

function besides(path: string, ending: string): string {
  return join(dirname(path), `${modelName(path)}${ending}`);
}

async function companionsOf(path: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const [part, ending] of Object.entries(COMPANIONS)) {
    const bytes = await readSmallFile(besides(path, ending));
    if (bytes) found.set(part, bytes);
  }
  return found;
}

/** A file's bytes; undefined where there is none, or one too large for a card or a picture. */
async function readSmallFile(path: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await openFile(path, "a card or a picture");
    try {
      const { size } = await handle.stat();
      if (size > LIBRARY_LIMITS.maxCompanionBytes) return undefined;
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof InputError) return undefined;
    throw cause;
  }
}

/** The card of a model that has none of its own: what its file tells. */
function cardOf(name: string, { architecture, provenance, pool }: Model): string {
  const rows = [
    ["architecture", `${architecture.name}: ${architecture.description}`],
    ["parameters", String(parameterCount(architecture))],
    ["square of the max local count", `${pool} x ${pool} pixels`],
    ...Object.entries(provenance),
  ];
  const cells = rows.map(
    (row) =>
      `| ${row.map((cell) => (cell ?? "").replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`,
  );
  return [`# ${name}`, "", "| | |", "|---|---|", ...cells, ""].join("\n");
}
