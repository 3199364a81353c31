import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What matters on a machine to find a Fiji. */
export interface Surroundings {
  platform: NodeJS.Platform;
  /** The user's home folder. */
  home: string;
  variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Name of a folder with a Fiji or ImageJ, whatever download it came from.
 * Fiji.app, Fiji, fiji-stable-linux64-jdk and others.
 */
const FIJI_NAME = /^(fiji|imagej)/i;
/** Folders between a downloaded archive or an application bundle and the Fiji in it. */
const NESTED = ["Fiji.app", "Fiji", "ImageJ"];
/** What a Fiji has beside plugins/: jars/, ImageJ's own jar, or a starter. */
const FIJI_SIGN = /^(jars|ij\.jar|(imagej|fiji)-[\w.-]+)$/i;

/** Folders where Fijis usually are, for each system; there is no installer that would decide it. */
export function usualParents({ platform, home, variables }: Surroundings): string[] {
  const personal = ["", "Desktop", "Downloads", "Documents", "Applications", "Programs", "bin", "opt"].map(
    (name) => join(home, name),
  );
  if (platform === "win32") {
    const drive = variables.SystemDrive ?? "C:";
    const programs = [variables.ProgramFiles, variables["ProgramFiles(x86)"], variables.LOCALAPPDATA];
    const local = variables.LOCALAPPDATA ? [join(variables.LOCALAPPDATA, "Programs")] : [];
    return [...personal, `${drive}\\`, ...programs.filter((each) => each !== undefined), ...local];
  }
  if (platform === "darwin") return [...personal, "/Applications"];
  return [...personal, join(home, ".local", "share"), "/opt", "/usr/local", "/usr/local/share", "/usr/share"];
}

/** The Fijis in a folder, or one level deeper in an unpacked download. */
export function fijisIn(parent: string): string[] {
  return namesIn(parent)
    .filter((name) => FIJI_NAME.test(name))
    .flatMap((name) => [join(parent, name), ...NESTED.map((inner) => join(parent, name, inner))])
    .filter(looksLikeFiji);
}

/**
 * The Fiji that a path leads to.
 * The path may be its folder, a folder around it, or something in it, such as its starter or its
 * bundle on macOS.
 * @param isEnough what the folder must satisfy
 */
export function fijiAt(path: string, isEnough: (folder: string) => boolean): string | undefined {
  const [parent, grandparent] = [dirname(path), dirname(dirname(path))];
  const inside = NESTED.map((name) => join(path, name));
  const around = FIJI_NAME.test(basename(path)) ? [parent] : [];
  const starter = /\.app[\\/]/.test(path)
    ? [grandparent, dirname(grandparent), dirname(dirname(grandparent))]
    : [];
  return [path, ...inside, ...around, ...starter].find(isEnough);
}

/** Whether a folder has plugins/, which is all that ImageJ needs. */
export function hasPlugins(folder: string): boolean {
  return hasFolder(folder, "plugins");
}

/** Whether a folder has a folder of a name. */
export function hasFolder(folder: string, name: string): boolean {
  try {
    return statSync(join(folder, name)).isDirectory();
  } catch {
    return false;
  }
}

/** Whether a folder that nobody named is a Fiji or an ImageJ. */
export function looksLikeFiji(folder: string): boolean {
  return hasPlugins(folder) && namesIn(folder).some((name) => FIJI_SIGN.test(name));
}

/** The folders without duplicates, after following links. */
export function distinct(folders: readonly string[]): string[] {
  return [...new Map(folders.map((folder) => [realpathSync.native(folder), folder])).values()];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
