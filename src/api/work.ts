import { FLAG, FUNCTION, numberArgument, oneOf, PATH, type RulesOf, SIGNAL } from "../base/arguments.js";
import type { WorkOptions } from "../dataset/work.js";
import { DEVICES, type EngineChoice } from "../engine/engine.js";
import { ENGINE_RULE, THREADS_RULE, TIMEOUT_RULE } from "../engine/engine-rules.js";

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
export const ENGINE_RULES: RulesOf<EngineChoice> = {
  engine: ENGINE_RULE,
  device: oneOf(DEVICES),
  threads: numberArgument(THREADS_RULE),
  orLocal: FLAG,
  engineCa: PATH,
  engineToken: PATH,
  engineTimeout: numberArgument(TIMEOUT_RULE),
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
