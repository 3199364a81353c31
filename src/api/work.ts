import type { WorkOptions } from "../dataset/work.js";

/** How a long call is watched and stopped. */
export interface CallOptions {
  /** Stops the work, which then throws DefconError CANCELLED and leaves what stood there before. */
  signal?: AbortSignal | undefined;
  /** Called after each step. @param done steps that are over @param steps of how many */
  onProgress?: ((done: number, steps: number) => void) | undefined;
}

/** {@link CallOptions} as the work itself takes them. */
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
