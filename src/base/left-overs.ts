import { randomBytes } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasEnded, MACHINE, START } from "./running-process.js";

/** What a temporary file or folder is: not whole yet, or set aside for a new one. */
type Ending = "partial" | "replaced";

/**
 * The path of a temporary file or folder beside its final place.
 * It has its process and machine in it, by which {@link removeLeftOvers} knows it.
 */
export function temporaryPath(path: string, ending: Ending): string {
  const mark = [process.pid.toString(36), MACHINE, ...(START ? [START] : []), randomBytes(3).toString("hex")];
  return join(dirname(path), `.${beginning(path)}.${mark.join("-")}.${ending}`);
}

/** Most characters of a name that a temporary name repeats: it must not be too long itself. */
const REPEATED = 64;

function beginning(path: string): string {
  return [...basename(path)].slice(0, REPEATED).join("");
}

/** Process, machine, the machine's start (where the system tells it), a random part, and what it is. */
const MARKED = /\.([0-9a-z]{1,7})-([0-9a-f]{6})-(?:([0-9a-f]{6})-)?[0-9a-f]{6}\.(partial|replaced)$/;

/**
 * Removes what killed processes of this machine left in the folder of a place that is written to.
 * What was set aside belongs to its own place alone, and returns there where its successor never
 * came.
 */
export async function removeLeftOvers(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    const [whole, pid, machine, start, ending] = MARKED.exec(name) ?? [];
    if (!whole || machine !== MACHINE) continue;
    if (ending === "replaced" && name !== `.${beginning(path)}${whole}`) continue;
    const place = join(folder, name);
    const status = await stat(place).catch(() => undefined);
    if (!status || !hasEnded(Number.parseInt(pid!, 36), { start, since: status.mtimeMs })) continue;
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
