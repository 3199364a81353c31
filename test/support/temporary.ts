import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A test, or with node:test's own `after` a whole file of tests. */
export interface Ending {
  after(end: () => void | Promise<void>): void;
}

/** A new folder that is removed after the test. */
export function temporaryFolder(context: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
