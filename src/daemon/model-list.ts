import { STATUS_LIMITS } from "../base/limits.js";
import type { ModelSummary } from "../predict/prediction.js";

/**
 * The models as they were last looked for.
 * Describing models waits for the engine. Showing them must not.
 */
export class ModelList {
  current: readonly ModelSummary[] = [];
  private looking: Promise<void> | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly find: () => Promise<readonly ModelSummary[]>) {}

  /**
   * Looks for models again, unless that was done a moment ago.
   * @throws what finding throws
   */
  refresh(): Promise<void> {
    if (performance.now() - this.lookedAt < STATUS_LIMITS.modelsIntervalMs) return Promise.resolve();
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async look(): Promise<void> {
    this.current = await this.find();
    this.lookedAt = performance.now();
  }
}
