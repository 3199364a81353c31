import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";

/** Makes a rename durable. Windows cannot flush a folder; there this does nothing. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** {@link syncFolder} for work that nothing else may come between. */
export function syncFolderNow(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, "r");
    fsyncSync(handle);
  } catch {
    // Windows cannot flush a folder.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
