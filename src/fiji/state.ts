import { readdirSync } from "node:fs";
import { type FoundJars, findJars } from "./jars.js";
import { isRecorded, type Manifest, readManifest } from "./manifest.js";
import { inFolder, statusOf } from "./paths.js";

/** What a Fiji folder holds as far as an installation is concerned. */
export interface FijiState {
  root: string;
  /** What is installed; undefined where nothing is. */
  installed: Manifest | undefined;
  jars: FoundJars;
}

/** @throws FijiError FIJI_MANIFEST */
export function readState(root: string): FijiState {
  return { root, installed: readManifest(root), jars: findJars(root) };
}

/** Whether anything stands at a path. */
export function isThere({ root }: FijiState, path: string): boolean {
  return statusOf(inFolder(root, path)) !== undefined;
}

/** Whether what stands at a path is this program's: as it was installed, or a jar of the plugin from wherever. */
export function isOurs({ root, installed, jars }: FijiState, path: string): boolean {
  return jars.ours.includes(path) || isRecorded(inFolder(root, path), installed?.files.get(path));
}

/** Paths of all that lies in a folder, its folders with what they hold. */
export function entriesBelow({ root }: FijiState, folder: string): string[] {
  const below = readdirSync(inFolder(root, folder), { recursive: true }) as string[];
  return below.map((path) => `${folder}/${path.replaceAll("\\", "/")}`);
}
