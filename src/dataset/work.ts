import { setImmediate } from "node:timers/promises";
import { throwIfCancelled } from "../base/cancelled.js";

/** How long work is watched and cancelled. */
export interface WorkOptions {
  signal?: AbortSignal;
  /** Called once before the first step. */
  onStart?(steps: number): void;
  onStep?(): void;
}

/**
 * Does `step` for 0 to steps - 1. Between two steps, signals and timers have their turn.
 * @throws DefconError CANCELLED after `signal`
 */
export async function stepByStep(
  steps: number,
  { signal, onStart, onStep }: WorkOptions,
  step: (index: number) => void | Promise<void>,
): Promise<void> {
  onStart?.(steps);
  for (let i = 0; i < steps; i++) {
    await setImmediate();
    throwIfCancelled(signal);
    await step(i);
    onStep?.();
  }
}
