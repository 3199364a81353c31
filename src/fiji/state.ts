import { readdirSync } from "node:fs";
import { type FoundJars, findJars } from "./jars.js";
import { isRecorded, type Manifest, readManifest } from "./manifest.js";
import { inFolder, statusOf } from "./paths.js";

/** What matters of a Fiji folder for an installation. */
export interface FijiState {
  root: string;
  /** The manifest of what is installed; undefined where nothing is. */
  installed: Manifest | undefined;
  jars: FoundJars;
}

/** @throws FijiError FIJI_MANIFEST */
export function readState(root: string): FijiState {
  return { root, installed: readManifest(root), jars: findJars(root) };
}

/** Whether there is anything at a path. */
export function isThere({ root }: FijiState, path: string): boolean {
  return statusOf(inFolder(root, path)) !== undefined;
}

/** Whether a path is this program's: unchanged since installed, or any jar of the plugin. */
export function isOurs({ root, installed, jars }: FijiState, path: string): boolean {
  return jars.ours.includes(path) || isRecorded(inFolder(root, path), installed?.files.get(path));
}

/** Paths of everything below a folder, including its folders. */
export function entriesBelow({ root }: FijiState, folder: string): string[] {
  const below = readdirSync(inFolder(root, folder), { recursive: true }) as string[];
  return below.map((path) => `${folder}/${path.replaceAll("\\", "/")}`);
}
