import { throwIfCancelled } from "../base/cancelled.js";
import type { Frame } from "../frames/frame.js";
import { inFrames } from "./bad-frame.js";
import { batchOf, batchSeen, type ItemBatch, type ItemRules, inBatches } from "./frame-batches.js";
import type { LoadedModel } from "./loaded-model.js";
import type { Prediction, Wanted } from "./prediction.js";
import type { CountedFrame } from "./stack.js";

/** Rules for frames of any iterable: all of them follow one another. */
const IN_A_ROW: ItemRules<Frame> = { frameOf: (frame) => frame, follows: () => true };

/**
 * Counts the frames of any iterable, in order, reading a batch ahead.
 * @param subject what messages call the frames
 * @param signal stops between batches
 * @throws InputError (naming the frame), EngineError; DefconError CANCELLED after `signal`; what
 * the iterable throws
 */
export async function* predictFrames(
  model: LoadedModel,
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  wanted: Wanted,
  { signal, subject = "frames" }: { signal?: AbortSignal | undefined; subject?: string } = {},
): AsyncGenerator<CountedFrame> {
  let before: { batch: ItemBatch<Frame>; first: number; predictions: Promise<Prediction[]> } | undefined;
  let index = 0;
  async function* finish({ batch, first, predictions }: NonNullable<typeof before>) {
    const found = await predictions.catch((error) =>
      failEach(model, batch.items, wanted, subject, first, error),
    );
    const { width, height } = batch.items[0]!;
    for (const [i, prediction] of found.entries()) yield { ...prediction, index: first + i, width, height };
  }
  try {
    for await (const batch of inBatches(frames, IN_A_ROW)) {
      throwIfCancelled(signal);
      const predictions = model.predict(batchSeen(batch, IN_A_ROW.frameOf, model.framesSeen), wanted);
      // A later batch may fail while an earlier one is awaited. Its error is thrown when its turn
      // comes.
      predictions.catch(() => undefined);
      const done = before;
      before = { batch, first: index, predictions };
      index += batch.items.length;
      if (done) yield* finish(done);
    }
    if (before) yield* finish(before);
  } finally {
    await before?.predictions.catch(() => undefined);
  }
}

/**
 * Counts frames one by one, to find out which one fails: a failed batch does not tell.
 * It throws the error of the first frame that fails by itself.
 */
async function failEach(
  model: LoadedModel,
  frames: readonly Frame[],
  wanted: Wanted,
  subject: string,
  first: number,
  error: unknown,
): Promise<never> {
  for (const [i, frame] of frames.entries()) {
    await model.predict(batchOf([frame]), wanted).catch((cause: unknown) => {
      throw inFrames(cause, subject, first + i, 1);
    });
  }
  throw inFrames(error, subject, first, frames.length);
}
