import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed package (the one that holds package.json). */
export const packageRoot: string = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The user's own folder for models and for the daemon's discovery file; `$DEFCON_FIJI_HOME` or `~/.defcon-fiji`. */
export function defconHome(): string {
  return process.env.DEFCON_FIJI_HOME || join(homedir(), ".defcon-fiji");
}

/** Folders searched for models by name, first match wins: the user's, then those shipped with the package. */
export function modelFolders(): string[] {
  return [join(defconHome(), "models"), join(packageRoot, "models")];
}
