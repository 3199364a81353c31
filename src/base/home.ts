import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed package (the one that holds package.json). */
export const packageRoot: string = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/**
 * The user's own folder: `$DEFCON_FIJI_HOME` or `~/.defcon-fiji`.
 * It holds models and the daemon's discovery file.
 */
export function defconHome(): string {
  return process.env.DEFCON_FIJI_HOME || join(homedir(), ".defcon-fiji");
}

/** Where a model comes from: the user's folder, the package, or a path that was given. */
export type ModelOrigin = "installed" | "shipped" | "given";

/** A folder that is searched for models by name. */
export interface ModelFolder {
  folder: string;
  origin: ModelOrigin;
}

/** Folders searched for models by name, first match wins. */
export function modelFolders(): ModelFolder[] {
  return [
    { folder: userModelFolder(), origin: "installed" },
    { folder: join(packageRoot, "models"), origin: "shipped" },
  ];
}

/** Where the user's own models are. */
export function userModelFolder(): string {
  return join(defconHome(), "models");
}
