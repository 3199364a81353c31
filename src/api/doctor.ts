import { checkOptions } from "../base/arguments.js";
import { throwIfCancelled } from "../base/cancelled.js";
import { examine, type Findings } from "../doctor/doctor.js";
import { CALL_RULES } from "./work.js";

/**
 * Tries every part of this program on this machine.
 * @param options.onProgress called with the name of each check before it runs
 * @param options.signal stops between checks
 * @throws DefconError CANCELLED; InputError INPUT_OPTION; what `onProgress` throws
 */
export async function doctor(
  options: { onProgress?: ((check: string) => void) | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Findings> {
  checkOptions(options, CALL_RULES);
  const { onProgress, signal } = options;
  return examine((check) => {
    throwIfCancelled(signal);
    onProgress?.(check);
  });
}
