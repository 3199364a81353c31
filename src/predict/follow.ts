import { setTimeout as pause } from "node:timers/promises";
import { throwIfCancelled } from "../base/cancelled.js";
import type { Calibration } from "../frames/frame.js";
import type { GrowingSource, Growth } from "../frames/growing/growing-source.js";
import type { LoadedModel } from "./loaded-model.js";
import type { Wanted } from "./prediction.js";
import { newRecording } from "./recording-certainty.js";
import { type CountedFrame, predictStack } from "./stack.js";

/** Time between two looks at a recording that does not grow, ms. */
const LOOK_INTERVAL_MS = 200;

/** A frame of a recording, with what the recording says of its size. */
export interface FollowedFrame extends CountedFrame {
  calibration: Calibration;
}

/** When following ends. */
export interface FollowOptions {
  /** Counts what is whole at that moment, then ends. */
  told?: AbortSignal | undefined;
  /** Ends at the next frame. */
  signal?: AbortSignal | undefined;
  /** Ends after this time without growth, ms; left out: waits until told. */
  idleMs?: number | undefined;
  /** Called when it begins to wait for more. */
  onWait?(growth: Growth): void;
}

/**
 * Counts the frames of a recording that is still being written, each once it is whole.
 * It ends when told, when the number of frames is reached that the recording announces, or after a
 * time without growth. A model that sees three frames counts a frame once the next one is there.
 * @returns the last look
 * @throws what {@link predictStack} and the source throw
 */
export async function* followFrames(
  model: LoadedModel,
  source: GrowingSource,
  wanted: Wanted,
  { told, signal, idleMs = Number.POSITIVE_INFINITY, onWait }: FollowOptions = {},
): AsyncGenerator<FollowedFrame, Growth> {
  const recording = newRecording();
  let done = 0;
  let mark: string | undefined;
  let grown = performance.now();
  for (;;) {
    throwIfCancelled(signal);
    // Asked before the look: what was whole when it was told still counts.
    const wasTold = told?.aborted ?? false;
    const growth = await source.look();
    if (growth.mark !== mark) {
      mark = growth.mark;
      grown = performance.now();
    }
    const { stack, expected = Number.POSITIVE_INFINITY } = growth;
    const whole = stack?.info.frames ?? 0;
    const ends = !growth.more && (wasTold || whole >= expected || performance.now() - grown >= idleMs);
    const end = ends ? whole : countable(whole, model.framesSeen);
    if (stack && end > done) {
      const { calibration } = stack.info;
      for await (const frame of predictStack(model, stack, wanted, { first: done, end, signal, recording })) {
        yield { ...frame, calibration };
      }
      done = end;
    } else if (!ends) {
      onWait?.(growth);
      await pause(LOOK_INTERVAL_MS, undefined, growth.more ? {} : { signal: told }).catch(() => undefined);
    }
    if (ends) return growth;
  }
}

/**
 * How many of the frames so far can be counted as if all were there.
 * The first frame is counted in the first window, so that one must be whole. The last frame so far
 * needs those that come after it.
 */
function countable(whole: number, framesSeen: number): number {
  return whole < framesSeen ? 0 : whole - (framesSeen - 1) / 2;
}
