import type { Controller, ControlStep } from "../control/controller.js";
import { type Quantity, readingOf } from "../control/quantity.js";
import type { DaemonClient } from "../protocol/client.js";
import { DaemonCounter } from "./daemon-counter.js";
import type { LightLine } from "./light-line.js";
import type { ArrivingFrame } from "./newest-frames.js";

/** What a loop is made of. */
export interface ControlLoopParts {
  frames: AsyncIterable<ArrivingFrame>;
  connect(): Promise<DaemonClient>;
  /** A model's name, a path on the daemon's machine, or nothing for the default. */
  model?: string | undefined;
  controller: Controller;
  quantity: Quantity;
  /** Side of a pixel, nm, where the frames do not say it. */
  pixelSize?: number | undefined;
  /** Takes what the light should be: after each frame, and four times a second without. */
  emit(line: LightLine): void;
  /** Hears why frames cannot be counted now. */
  onTrouble(error: Error): void;
}

/** Time between two lines where no frame comes, ms. */
const HEARTBEAT_MS = 250;

/**
 * Steers light by the counts of frames that arrive, until there are no more or it is told to end.
 * The last line has the safe output, however it ends.
 * @throws what the frames throw; what the daemon refuses for good
 */
export async function runControlLoop(parts: ControlLoopParts, signal: AbortSignal): Promise<void> {
  const { frames, connect, model, controller, quantity, pixelSize, emit, onTrouble } = parts;
  const started = performance.now();
  const now = () => (performance.now() - started) / 1000;
  let last: { frame: number; reading: number } | undefined;
  const tell = (step: ControlStep) => {
    const { setPoint, mode } = controller.settings;
    emit({ ...step, ...last, time: now(), setPoint, mode });
  };
  const counter = new DaemonCounter(connect, model, {
    counted: (frame, counts) => {
      const reading = readingOf(quantity, { pixelSize, ...definedSize(frame), ...counts });
      last = { frame: frame.number, reading };
      tell(controller.read(now(), reading));
    },
    uncounted: (error) => {
      onTrouble(error);
      tell(controller.read(now(), Number.NaN));
    },
    lost: (error) => {
      onTrouble(error);
      tell(controller.lose());
    },
  });
  const timer = setInterval(() => tell(controller.wait(now())), HEARTBEAT_MS);
  try {
    await Promise.race([feed(counter, frames), counter.run(), told(signal)]);
  } finally {
    clearInterval(timer);
    counter.abandon();
    tell(controller.end());
  }
}

function definedSize({ width, height, pixelSize }: ArrivingFrame) {
  return { width, height, ...(pixelSize !== undefined && { pixelSize }) };
}

async function feed(counter: DaemonCounter, frames: AsyncIterable<ArrivingFrame>): Promise<void> {
  for await (const frame of frames) counter.offer(frame);
  await counter.finish();
}

function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
