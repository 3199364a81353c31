import { existsSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { messageOf, systemErrorCode } from "../base/errors.js";
import { defconHome, packageRoot, userModelFolder } from "../base/home.js";
import { NATIVE_FORMAT, readModel } from "../formats/registry.js";
import { findModel, namedModels } from "../library/named-models.js";
import { launcherPath, writeLauncher } from "../protocol/discovery.js";
import { isRecorded, type Manifest, recordOf } from "./manifest.js";
import { inFolder, MODELS_FOLDER } from "./paths.js";

/** Whether the daemon that the plugin starts knows a Fiji's model by its name. */
export interface SharedModel {
  name: string;
  /**
   * What happened to the model.
   * "known": it was there before; "added" or "replaced" now; "kept": another of that name stays;
   * "failed": it could not be written.
   */
  outcome: "known" | "added" | "replaced" | "kept" | "failed";
  /** Path of the model with that name, or why there is none. */
  detail: string;
}

/**
 * Copies a Fiji's models into the user's folder of models, where the daemon finds them by name.
 * An existing model is replaced only if an earlier installation into the same Fiji has put it
 * there.
 * @param before what was installed in that Fiji before
 */
export async function shareModels(
  root: string,
  models: readonly string[],
  before: Manifest | undefined,
): Promise<SharedModel[]> {
  const shared: SharedModel[] = [];
  for (const name of models) shared.push(await shareModel(root, name, before));
  return shared;
}

/** Copies of a Fiji's models in the user's folder, which stay when the Fiji loses its own. */
export function sharedCopies(models: readonly string[]): string[] {
  return models.map(sharedPath).filter(existsSync);
}

function sharedPath(name: string): string {
  return join(userModelFolder(), `${name}${NATIVE_FORMAT.extensions[0]}`);
}

async function shareModel(root: string, name: string, before: Manifest | undefined): Promise<SharedModel> {
  const path = `${MODELS_FOLDER}/${name}${NATIVE_FORMAT.extensions[0]}`;
  const target = sharedPath(name);
  try {
    const bytes = readFileSync(inFolder(root, path));
    const known = await pathOfModel(name);
    if (known && (await isSameModel(known, bytes))) return { name, outcome: "known", detail: known };
    const isOurs = isRecorded(target, before?.files.get(path));
    if (known && resolve(known).startsWith(defconHome() + sep) && !isOurs)
      return { name, outcome: "kept", detail: known };
    await readModel(inFolder(root, path));
    await writeFileAtomically(target, bytes);
    return { name, outcome: isOurs ? "replaced" : "added", detail: target };
  } catch (cause) {
    return { name, outcome: "failed", detail: messageOf(cause) };
  }
}

async function pathOfModel(name: string): Promise<string | undefined> {
  const models = await namedModels([]);
  return models.some((each) => each.name === name) ? (await findModel(name, [])).path : undefined;
}

/** Whether a file holds the same model, possibly in another format or version. */
async function isSameModel(known: string, bytes: Uint8Array): Promise<boolean> {
  if (isRecorded(known, recordOf(bytes))) return true;
  const native = await NATIVE_FORMAT.encode!(await readModel(known), {});
  return Buffer.compare(native.get("")!, bytes) === 0;
}

/** Whether the plugin will find this program. */
export interface Launch {
  /**
   * How sure the plugin finds the program.
   * "lasting": it is in a place that stays; "cache": it is only in npm's cache, which npm may
   * empty; "failed": its place could not be noted.
   */
  kind: "lasting" | "cache" | "failed";
  /** Where it was noted, or why it was not. */
  detail: string;
}

/**
 * Notes for the plugin how this program is started.
 * It never replaces a lasting place by npm's cache.
 */
export async function noteLaunch(): Promise<Launch> {
  const path = launcherPath();
  const isLasting = !isInCache(packageRoot);
  try {
    const noted = notedScript(path);
    if (!isLasting && noted && !isInCache(noted)) return { kind: "lasting", detail: path };
    await writeLauncher();
    return { kind: isLasting ? "lasting" : "cache", detail: path };
  } catch (cause) {
    return { kind: "failed", detail: messageOf(cause) };
  }
}

/** npx runs programs from a folder of npm's cache. */
function isInCache(path: string): boolean {
  return path.split(/[\\/]/).includes("_npx");
}

/** The script that is noted, if it still exists. */
function notedScript(path: string): string | undefined {
  try {
    const { node, script } = JSON.parse(readFileSync(path, "utf8")) as { node?: unknown; script?: unknown };
    const there = [node, script].every((each) => typeof each === "string" && existsSync(each));
    return there ? (script as string) : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError || systemErrorCode(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
