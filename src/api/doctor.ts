import { throwIfCancelled } from "../base/cancelled.js";
import { examine, type Findings } from "../doctor/doctor.js";

/**
 * Tries every part of this program on this machine.
 * @param options.onProgress called with the name of each check before it runs
 * @param options.signal stops between checks
 * @throws DefconError CANCELLED
 */
export function doctor({
  onProgress,
  signal,
}: {
  onProgress?: ((check: string) => void) | undefined;
  signal?: AbortSignal | undefined;
} = {}): Promise<Findings> {
  return examine((check) => {
    throwIfCancelled(signal);
    onProgress?.(check);
  });
}
