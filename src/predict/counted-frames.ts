import { throwIfCancelled, untilCancelled } from "../base/cancelled.js";
import type { Frame } from "../frames/frame.js";
import { atPlace, findBadFrame, framesPlace, mayBeFrames } from "./bad-frame.js";
import { batchSeen, type ItemBatch, type ItemRules, inBatches } from "./frame-batches.js";
import type { LoadedModel } from "./loaded-model.js";
import type { Prediction, Wanted } from "./prediction.js";
import { newRecording } from "./recording-certainty.js";
import type { CountedFrame } from "./stack.js";

/** Rules for frames of any iterable: all of them follow one another. */
const IN_A_ROW: ItemRules<Frame> = { frameOf: (frame) => frame, follows: () => true };

/**
 * Counts the frames of any iterable, in order, reading a batch ahead.
 * @param subject what messages call the frames
 * @param signal stops between frames
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
  const recording = newRecording();
  let index = 0;
  async function* finish({ batch, first, predictions }: NonNullable<typeof before>) {
    const named = predictions.catch(async (error: unknown) => {
      const seen = [...batch.before, ...batch.items, ...batch.after];
      const start = first - batch.before.length;
      if (mayBeFrames(error)) {
        await findBadFrame(model, seen, wanted, (i) => framesPlace(subject, start + i));
      }
      throw atPlace(error, framesPlace(subject, first, batch.items.length));
    });
    const found = await untilCancelled(named, signal);
    const { width, height } = batch.items[0]!;
    for (const [i, prediction] of found.entries()) {
      throwIfCancelled(signal);
      yield { ...prediction, index: first + i, width, height };
    }
  }
  try {
    for await (const batch of inBatches(frames, IN_A_ROW)) {
      const seen = batchSeen(batch, IN_A_ROW.frameOf, model.framesSeen);
      const parts = [{ recording, first: index, frames: batch.items.length }];
      const predictions = model.predict({ ...seen, parts }, wanted);
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
    if (!signal?.aborted) await before?.predictions.catch(() => undefined);
  }
}
