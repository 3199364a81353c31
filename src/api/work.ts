import { FUNCTION, numberArgument, oneOf, SIGNAL } from "../base/arguments.js";
import type { WorkOptions } from "../dataset/work.js";
import { DEVICES, ENGINES, THREADS } from "../engine/engine.js";

/** How a long call is watched and cancelled. */
export interface CallOptions {
  /** Cancels the work, which then throws DefconError CANCELLED and leaves what was there before. */
  signal?: AbortSignal | undefined;
  /**
   * Called after each step.
   * @param done steps that are over
   * @param steps number of all steps
   */
  onProgress?: ((done: number, steps: number) => void) | undefined;
}

/** What {@link CallOptions} must be. */
export const CALL_RULES = { signal: SIGNAL, onProgress: FUNCTION };

/** What an {@link EngineChoice} must be. */
export const ENGINE_RULES = {
  engine: oneOf(ENGINES),
  device: oneOf(DEVICES),
  threads: numberArgument(THREADS),
};

/** {@link CallOptions} in the form that the work takes. */
export function workOptions({ signal, onProgress }: CallOptions): WorkOptions {
  let [done, all] = [0, 0];
  return {
    ...(signal && { signal }),
    onStart: (steps) => {
      all = steps;
    },
    onStep: () => onProgress?.(++done, all),
  };
}
