import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { FIJI_LIMITS } from "../base/limits.js";
import { isPortableName } from "../base/portable-name.js";

/** Paths below a Fiji folder have their parts joined by "/". */
export const DEFCON_FOLDER = "plugins/DEFCoN";
export const MANIFEST_PATH = `${DEFCON_FOLDER}/manifest.json`;
/** Folder of native models, each a file with its model's name. */
export const MODELS_FOLDER = `${DEFCON_FOLDER}/models`;
/** Where the original plugin, and macros written for it, look for models. */
export const DENSITY_FOLDER = `${DEFCON_FOLDER}/tf_density_count`;
export const MAX_COUNT_FOLDER = `${DEFCON_FOLDER}/tf_max_count`;
/** Folders that are a whole model each. */
export const MODEL_FOLDERS: readonly string[] = [DENSITY_FOLDER, MAX_COUNT_FOLDER];

/** File name of the plugin's jar. ImageJ recognises a plugin by the underscore. */
export const PLUGIN_JAR = /^defcon-fiji_-([\w.+-]+)\.jar$/;

/** Where Micro-Manager looks for plugins. */
export const MICRO_MANAGER_FOLDER = "mmplugins";
/** File name of the jar of the processor for Micro-Manager. */
export const MICRO_MANAGER_JAR = /^defcon-fiji-micro-manager-([\w.+-]+)\.jar$/;

/**
 * Whether this program may write, replace or remove a path in a Fiji folder.
 * A manipulated list of files must not lead anywhere else, and what is packed on one system must be
 * possible on every other.
 */
export function isOurPlace(path: string): boolean {
  if (path.length > FIJI_LIMITS.maxPathLength) return false;
  const parts = path.split("/");
  if (!parts.every(isPortableName)) return false;
  if (path.startsWith(`${DEFCON_FOLDER}/`)) return true;
  if (parts.length !== 2) return false;
  return (
    parts[0] === "luts" ||
    parts[0] === "macros" ||
    (parts[0] === "plugins" && PLUGIN_JAR.test(parts[1]!)) ||
    (parts[0] === MICRO_MANAGER_FOLDER && MICRO_MANAGER_JAR.test(parts[1]!))
  );
}

/**
 * The name that something of the user's gets beside a path.
 * @param n from 1
 */
export function nameAside(path: string, n: number): string {
  return `${path}.kept${n === 1 ? "" : `-${n}`}`;
}

/** Whether {@link nameAside} gives a name for a path. */
export function isNameAside(path: string, name: string): boolean {
  return name.startsWith(path) && /^\.kept(-[1-9]\d{0,8})?$/.test(name.slice(path.length));
}

/** The parts that are installed one without the other. */
export type Part = "plugin" | "models" | "microManager";

/** The part that a path belongs to. */
export function partOf(path: string): Part {
  if (path.startsWith(`${MICRO_MANAGER_FOLDER}/`)) return "microManager";
  return isModelPath(path) ? "models" : "plugin";
}

/** The version in the name of the plugin's jar. */
export function versionOfJar(path: string): string {
  return PLUGIN_JAR.exec(path.slice(path.lastIndexOf("/") + 1))?.[1] ?? "unknown";
}

/** Whether a path is that of a macro or a colour table, which people change as they like. */
export function isForPeople(path: string): boolean {
  return path.startsWith("luts/") || path.startsWith("macros/");
}

/** Whether a path belongs to a model, not to the plugin. */
export function isModelPath(path: string): boolean {
  return [MODELS_FOLDER, ...MODEL_FOLDERS].some((folder) => path.startsWith(`${folder}/`));
}

/** The folders above a path, outermost first: "a/b/c" gives "a", "a/b". */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Joins a folder and a path below it. */
export function inFolder(folder: string, path: string): string {
  return join(folder, ...path.split("/"));
}

/**
 * Status of a file or folder, without following links; undefined where there is nothing.
 * @throws Error of the file system
 */
export function statusOf(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOTDIR") return undefined;
    throw cause;
  }
}
