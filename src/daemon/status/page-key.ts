import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { writeFileAtomically } from "../../base/atomic-file.js";
import { defconHome } from "../../base/home.js";
import { FILE_LIMITS } from "../../base/limits.js";
import { readRegularFile } from "../../base/regular-file.js";

const KEY_BYTES = 32;

function pageKeyPath(): string {
  return join(defconHome(), "page-key");
}

/**
 * The secret that signs the sessions of status pages.
 * All daemons of the user share it, so that a page goes on with the next daemon. It is made where
 * there is none. Deleting its file ends all pages' sessions at the next start.
 * @throws InputError OUTPUT_WRITE
 */
export async function pageKey(): Promise<Buffer> {
  const kept = await readRegularFile(pageKeyPath(), FILE_LIMITS.maxTextBytes).catch(() => "");
  const key = Buffer.from(kept.toString().trim(), "base64url");
  if (key.length === KEY_BYTES) return key;
  const fresh = randomBytes(KEY_BYTES);
  await writeFileAtomically(pageKeyPath(), `${fresh.toString("base64url")}\n`, 0o600);
  return fresh;
}
