import { randomBytes } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasEnded, MACHINE } from "./running-process.js";

/** What a temporary file or folder is: not whole yet, or set aside for a new one. */
type Ending = "partial" | "replaced";

/**
 * The path of a temporary file or folder beside its final place.
 * It has its process and machine in it, by which {@link removeLeftOvers} knows it.
 */
export function temporaryPath(path: string, ending: Ending): string {
  const mark = randomBytes(3).toString("hex");
  return join(dirname(path), `.${basename(path)}.${process.pid.toString(36)}-${MACHINE}-${mark}.${ending}`);
}

const MARKED = /\.([0-9a-z]{1,7})-([0-9a-f]{6})-[0-9a-f]{6}\.(partial|replaced)$/;

/**
 * Removes what killed processes of this machine left beside a place.
 * A folder that was set aside, and whose successor never came, returns to its place.
 */
export async function removeLeftOvers(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    const [whole, pid, machine, ending] = MARKED.exec(name) ?? [];
    if (!whole || machine !== MACHINE || name !== `.${basename(path)}${whole}`) continue;
    const place = join(folder, name);
    const status = await stat(place).catch(() => undefined);
    if (!status || !hasEnded(Number.parseInt(pid!, 36), status.mtimeMs)) continue;
    if (ending === "replaced" && !(await exists(path))) await rename(place, path).catch(() => undefined);
    else await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
