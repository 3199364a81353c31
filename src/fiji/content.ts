import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FijiError, InputError } from "../base/errors.js";
import { packageRoot } from "../base/home.js";
import { foldedPath, isPortableName } from "../base/portable-name.js";
import { VERSION } from "../base/version.js";
import { encodeModel, NATIVE_FORMAT, readModel } from "../formats/registry.js";
import { savedModel } from "../formats/saved-model/saved-model.js";
import { findModel, type NamedModel, namedModels } from "../library/named-models.js";
import { type Manifest, recordOf } from "./manifest.js";
import { DENSITY_FOLDER, MAX_COUNT_FOLDER, MICRO_MANAGER_FOLDER, MODELS_FOLDER } from "./paths.js";

/**
 * Files to be installed into a Fiji, by their paths below it: the plugin, models or both.
 * A part that is missing here stays as it is installed.
 */
export interface FijiContent {
  version: string;
  /** Names of the models, the default first. */
  models: readonly string[];
  files: ReadonlyMap<string, Uint8Array>;
}

const LAYOUT = join(packageRoot, "fiji-plugin-layout");
const JAR_NAME = `defcon-fiji_-${VERSION}.jar`;
const MICRO_MANAGER_JAR_NAME = `defcon-fiji-micro-manager-${VERSION}.jar`;

/**
 * The plugin and models of this program.
 * @param wanted names or paths of models, the default first; if empty, all models that have a name
 * @throws InputError INPUT_OPTION, ModelFormatError, FijiError FIJI_PLUGIN
 */
export async function gatherContent(wanted: readonly string[], withPlugin: boolean): Promise<FijiContent> {
  const models = await chooseModels(wanted);
  if (!withPlugin && models.length === 0) await findModel(undefined, []);
  const files = new Map(withPlugin ? pluginFiles() : []);
  for (const [i, { path, name }] of models.entries()) {
    const model = await readModel(path);
    const native = await encodeModel(model, NATIVE_FORMAT);
    files.set(`${MODELS_FOLDER}/${name}${NATIVE_FORMAT.extensions[0]}`, native.get("")!);
    if (i > 0) continue;
    const folders = [
      [DENSITY_FOLDER, "density"],
      [MAX_COUNT_FOLDER, "max-count"],
    ] as const;
    for (const [folder, result] of folders) {
      const encoded = await encodeModel(model, savedModel, { result });
      for (const [file, bytes] of encoded) files.set(`${folder}/${file}`, bytes);
    }
  }
  return { version: VERSION, models: models.map(({ name }) => name), files };
}

/**
 * The processor for Micro-Manager, without models: it counts with those that the daemon has.
 * @throws FijiError FIJI_PLUGIN
 */
export function microManagerContent(): FijiContent {
  const bytes = readFileSync(jarPath("micro-manager", MICRO_MANAGER_FOLDER, MICRO_MANAGER_JAR_NAME));
  const path = `${MICRO_MANAGER_FOLDER}/${MICRO_MANAGER_JAR_NAME}`;
  return { version: VERSION, models: [], files: new Map([[path, bytes]]) };
}

/** The manifest of a content that is installed into a Fiji without any other. */
export function manifestOf({ version, models, files }: FijiContent): Manifest {
  const records = [...files].map(([path, bytes]) => [path, recordOf(bytes)] as const);
  return { version, models, files: new Map(records), setAside: [], folders: [] };
}

async function chooseModels(wanted: readonly string[]): Promise<NamedModel[]> {
  const chosen =
    wanted.length > 0
      ? await Promise.all(wanted.map((nameOrPath) => findModel(nameOrPath, [])))
      : await namedModels([]);
  const seen = new Set<string>();
  for (const { name, path } of chosen) {
    if (!isPortableName(name)) {
      throw new InputError("INPUT_OPTION", {
        subject: path,
        expected: "a model whose name can be a file's on every system",
        found: name,
        advice: "Give it another name.",
      });
    }
    if (seen.has(foldedPath(name))) {
      throw new InputError("INPUT_OPTION", {
        subject: path,
        expected: "models of different names",
        found: `another one named ${name}`,
        advice: "Give one of them another name.",
      });
    }
    seen.add(foldedPath(name));
  }
  return chosen;
}

function pluginFiles(): [string, Uint8Array][] {
  const layout = (readdirSync(LAYOUT, { recursive: true }) as string[])
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !path.endsWith(".jar") && statSync(join(LAYOUT, path)).isFile())
    .sort();
  const files = layout.map((path) => [path, readFileSync(join(LAYOUT, path))] as [string, Uint8Array]);
  return [[`plugins/${JAR_NAME}`, readFileSync(pluginJarPath())], ...files];
}

/** Path of the plugin's jar for this version of the program. @throws FijiError FIJI_PLUGIN */
export function pluginJarPath(): string {
  return jarPath("java-bridge", "plugins", JAR_NAME, " Or install the models alone: --no-plugin");
}

/** A clone has a jar where Maven puts it; a package has it with the rest of the layout. */
function jarPath(module: string, folder: string, name: string, elseAdvice = ""): string {
  const places = [join(packageRoot, module, "target", name), join(LAYOUT, folder, name)];
  const built = places.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (built) return built;
  throw new FijiError("FIJI_PLUGIN", {
    subject: places[0]!,
    expected: "the plugin's jar",
    found: "no such file",
    advice: `Build it with a JDK (11 or later) and Maven (3.8 or later): mvn -q -DskipTests package, in ${module}.${elseAdvice}`,
  });
}
