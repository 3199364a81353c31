import { availableParallelism } from "node:os";
import { throwIfCancelled } from "../base/cancelled.js";
import { checkBackground } from "./background.js";
import { backgroundForm } from "./background-image.js";
import type { DrawnBlock, EmitterColumns } from "./renderer.js";
import { Scene, type SceneBlock, TRUTH_MARGIN } from "./scene.js";
import { checkedSettings, type SimulationSettings } from "./settings.js";
import type { Place } from "./structures.js";
import { type Drawing, DrawingHere, DrawingThreads } from "./threads.js";
import type { WorkerTask } from "./worker.js";

/** The emitters of a frame, in columns of equal length. */
export interface FrameTruth {
  /** Pixels from the corner of the first pixel, from 3 pixels before the frame to 3 beyond it. */
  x: Float64Array;
  y: Float64Array;
  /** nm from the focal plane. */
  z: Float64Array;
  /** Photons of the emitter that are expected to reach the camera in this frame. */
  brightness: Float64Array;
  /** Photons expected in the emitter's pixel, except its own and those of emitters in focus. */
  background: Float64Array;
  /** Signal-to-noise ratio under a matched filter, which decides whether it counts. */
  snr: Float64Array;
  /** Number of the molecule, the same in all frames. */
  id: Float64Array;
}

export interface SimulatedFrame {
  /** From 0. */
  index: number;
  /** Counts of the camera, (H,W); part of a larger array. */
  pixels: Uint16Array;
  truth: FrameTruth;
}

export interface SimulationOptions {
  /** Positions of molecules, for the structure `positions`. */
  positions?: readonly Place[];
  /**
   * Threads that draw; 0: the caller's own; left out: one for each processor.
   * The frames are the same for any number.
   */
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Checks settings without simulating, including the picture of a background.
 * @throws as {@link simulate} does
 */
export async function checkSimulation(given: Readonly<Partial<SimulationSettings>>): Promise<void> {
  const settings = checkedSettings(given);
  checkBackground(settings);
  await backgroundForm(settings, 0);
}

/**
 * Simulates frames of blinking molecules, in order, as fast as they are taken.
 * A few megabytes of frames are made ahead.
 * @param given settings; those left out have their defaults
 * @param seed the same settings and seed give the same frames
 * @throws InputError INPUT_OPTION, INPUT_NOT_FOUND and INPUT_FORMAT for the background's picture;
 * DefconError CANCELLED after `signal`
 */
export async function* simulate(
  given: Readonly<Partial<SimulationSettings>>,
  seed: number,
  { positions = [], threads, signal }: SimulationOptions = {},
): AsyncGenerator<SimulatedFrame> {
  const settings = checkedSettings(given);
  checkBackground(settings);
  const blocks = new Scene(settings, seed, positions).blocks();
  const form = await backgroundForm(settings, seed);
  const drawing = drawingOf({ settings, seed, form }, threads);
  const ahead: { block: SceneBlock; drawn: Promise<DrawnBlock> }[] = [];
  try {
    for (;;) {
      throwIfCancelled(signal);
      while (ahead.length < drawing.ahead) {
        const block = blocks.next();
        if (block.done) break;
        const drawn = drawing.draw(block.value);
        // It is awaited below, where an earlier block may fail first.
        drawn.catch(() => undefined);
        ahead.push({ block: block.value, drawn });
      }
      const next = ahead.shift();
      if (!next) return;
      yield* framesOf(settings, next.block, await next.drawn);
    }
  } finally {
    await drawing.end();
  }
}

/** Fewer pixels than these are drawn before a thread has started. */
const FEWEST_PIXELS_FOR_THREADS = 1 << 20;

function drawingOf(task: WorkerTask, threads: number | undefined): Drawing {
  const { settings } = task;
  const pixels = settings.frames * settings.width * settings.height;
  const count = threads ?? (pixels < FEWEST_PIXELS_FOR_THREADS ? 0 : availableParallelism());
  return count === 0 ? new DrawingHere(task) : new DrawingThreads(task, count);
}

function* framesOf(
  { width, height }: SimulationSettings,
  block: SceneBlock,
  drawn: DrawnBlock,
): Generator<SimulatedFrame> {
  const parts = [
    { emitters: block.emitters, around: drawn.emitters, id: block.id },
    { emitters: block.haze, around: drawn.haze, id: block.hazeId },
  ];
  for (let frame = 0; frame < block.frames; frame++) {
    const near = parts.map(({ emitters }) => nearFrame(emitters, frame, width, height));
    const rows = near.reduce((sum, { length }) => sum + length, 0);
    const column = (of: (part: (typeof parts)[number]) => Float64Array) => {
      const values = new Float64Array(rows);
      let row = 0;
      for (const [p, part] of parts.entries()) {
        const from = of(part);
        for (const i of near[p]!) values[row++] = from[i]!;
      }
      return values;
    };
    yield {
      index: block.first + frame,
      pixels: drawn.pixels.subarray(frame * width * height, (frame + 1) * width * height),
      truth: {
        x: column(({ emitters }) => emitters.x),
        y: column(({ emitters }) => emitters.y),
        z: column(({ emitters }) => emitters.z),
        brightness: column(({ emitters }) => emitters.photons),
        background: column(({ around }) => around.background),
        snr: column(({ around }) => around.snr),
        id: column(({ id }) => id),
      },
    };
  }
}

/** Indices of a frame's emitters that are in the truth. */
function nearFrame({ start, x, y }: EmitterColumns, frame: number, width: number, height: number): number[] {
  const near: number[] = [];
  const within = (place: number, side: number) => place >= -TRUTH_MARGIN && place <= side + TRUTH_MARGIN;
  for (let i = start[frame]!; i < start[frame + 1]!; i++) {
    if (within(x[i]!, width) && within(y[i]!, height)) near.push(i);
  }
  return near;
}
