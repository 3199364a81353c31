import { FijiError } from "../base/errors.js";
import { FolderLock, type LockWords, releaseLock } from "../base/folder-lock.js";
import { FIJI_LIMITS } from "../base/limits.js";
import { notChanged } from "./trouble.js";

const LOCK_FOLDER = ".defcon-fiji-lock";

/** Whether a name in a Fiji folder belongs to an installation that is under way or broke off. */
export function isLeftOver(name: string): boolean {
  return name.startsWith(".defcon-fiji-");
}

/**
 * Keeps two installations in one Fiji apart.
 * @param waitMs longest wait for a lock that is held
 * @throws FijiError FIJI_BUSY, FIJI_WRITE
 */
export function lockFiji(root: string, waitMs: number = FIJI_LIMITS.lockWaitMs): Promise<FolderLock> {
  return FolderLock.acquire(root, waitMs, wordsFor(root));
}

/** Removes processes from the holders of a Fiji folder's lock. */
export function releaseFiji(root: string, pids: readonly number[]): void {
  releaseLock(root, LOCK_FOLDER, pids);
}

function wordsFor(root: string): LockWords {
  return {
    name: LOCK_FOLDER,
    failed: (cause) => (cause instanceof FijiError ? cause : notChanged(root, cause)),
    busy: (place, holders) =>
      new FijiError("FIJI_BUSY", {
        subject: root,
        expected: "no other installation under way",
        found: `one by ${holders}`,
        advice: `Wait until it has ended. If there is no such process any more, remove ${place} and try again.`,
      }),
  };
}
