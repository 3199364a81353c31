import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { FIJI_LIMITS } from "../base/limits.js";
import { isPortableName } from "../base/portable-name.js";

/** Paths below a Fiji folder, parts joined by "/". */
export const DEFCON_FOLDER = "plugins/DEFCoN";
export const MANIFEST_PATH = `${DEFCON_FOLDER}/manifest.json`;
/** Native models, whole files by their names. */
export const MODELS_FOLDER = `${DEFCON_FOLDER}/models`;
/** Where the original plugin, and macros written for it, look for models. */
export const DENSITY_FOLDER = `${DEFCON_FOLDER}/tf_density_count`;
export const MAX_COUNT_FOLDER = `${DEFCON_FOLDER}/tf_max_count`;
/** Folders that are a model as a whole. */
export const MODEL_FOLDERS: readonly string[] = [DENSITY_FOLDER, MAX_COUNT_FOLDER];

/** The file name of the plugin's jar; ImageJ takes the underscore for a sign of a plugin. */
export const PLUGIN_JAR = /^defcon-fiji_-([\w.+-]+)\.jar$/;

/**
 * Whether a path is one that this program may write, replace or remove in a Fiji folder: a list of files that was tampered with must lead
 * nowhere else, and what is packed on one system must have its place on every other.
 */
export function isOurPlace(path: string): boolean {
  if (path.length > FIJI_LIMITS.maxPathLength) return false;
  const parts = path.split("/");
  if (!parts.every(isPortableName)) return false;
  if (path.startsWith(`${DEFCON_FOLDER}/`)) return true;
  if (parts.length !== 2) return false;
  return (
    parts[0] === "luts" || parts[0] === "macros" || (parts[0] === "plugins" && PLUGIN_JAR.test(parts[1]!))
  );
}

/** The version of the plugin's jar at a path. */
export function versionOfJar(path: string): string {
  return PLUGIN_JAR.exec(path.slice(path.lastIndexOf("/") + 1))?.[1] ?? "unknown";
}

/** Whether a path is one of a macro or a table of colours, which people change as they like. */
export function isForPeople(path: string): boolean {
  return path.startsWith("luts/") || path.startsWith("macros/");
}

/** Whether a path is one of a model, and not of the plugin. */
export function isModelPath(path: string): boolean {
  return [MODELS_FOLDER, ...MODEL_FOLDERS].some((folder) => path.startsWith(`${folder}/`));
}

/** The folders above a path, the outermost first: "a/b/c" → "a", "a/b". */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** The place of a path in a folder. */
export function inFolder(folder: string, path: string): string {
  return join(folder, ...path.split("/"));
}

/** What stands at a place itself, links not followed; undefined where there is nothing. @throws Error of the file system */
export function statusOf(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOTDIR") return undefined;
    throw cause;
  }
}
