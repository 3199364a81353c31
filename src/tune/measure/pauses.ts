import { setImmediate as nextTurn } from "node:timers/promises";
import { throwIfCancelled } from "../../base/cancelled.js";

/** Lets other work of this thread run between two steps of a long one. */
export class Pauses {
  constructor(
    private readonly signal?: AbortSignal,
    private readonly onProgress?: (words: string, share: number) => void,
  ) {}

  /** @throws DefconError CANCELLED */
  async pause(): Promise<void> {
    await nextTurn();
    throwIfCancelled(this.signal);
  }

  /** @param share of the whole work that is done, 0 to 1 */
  report(words: string, share: number): void {
    this.onProgress?.(words, share);
  }
}
