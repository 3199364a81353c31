import { throwIfCancelled, untilCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";
import { withReason } from "../certainty/frame-certainty.js";
import { PIXEL_TYPES, type StackInfo } from "../frames/frame.js";
import { pixelSizeOf } from "../frames/pixel-size.js";
import type { StackReader } from "../frames/stack-reader.js";
import { atPlace, findBadFrame, framesPlace, mayBeFrames } from "./bad-frame.js";
import { batchSize } from "./frame-batches.js";
import type { FrameRange } from "./frame-range.js";
import type { LoadedModel } from "./loaded-model.js";
import { neighboursOf } from "./neighbours.js";
import type { FrameBatch, Neighbours, Prediction, Wanted } from "./prediction.js";
import { judgedFrom, newRecording } from "./recording-certainty.js";
import { unlikePixels } from "./unlike-pixels.js";

/** The prediction of one frame of a stack. */
export interface CountedFrame extends Prediction {
  /** 0-based position in the stack. */
  index: number;
  /** Of the frame, pixels. */
  width: number;
  height: number;
}

/**
 * Counts the frames from `first` up to but not including `end`, in order.
 * It reads ahead no further than the engine needs. A model that sees several frames at a time also
 * sees the frames around these. What is told of a frame does not depend on where counting began: if
 * need be, some frames before `first` are counted, too.
 * @param signal stops between frames
 * @param recording of {@link newRecording}: its frames before `first`, if any, were counted by
 * earlier calls with the same number
 * @throws InputError (naming the frame), EngineError; DefconError CANCELLED after `signal`
 */
export async function* predictStack(
  model: LoadedModel,
  stack: StackReader,
  wanted: Wanted,
  {
    first = 0,
    end = stack.info.frames,
    signal,
    recording,
  }: { first?: number; end?: number; signal?: AbortSignal | undefined; recording?: number } = {},
): AsyncGenerator<CountedFrame> {
  const { width, height, calibration } = stack.info;
  const unlike = unlikePixels(model.summary, pixelSizeOf(calibration));
  const perBatch = batchSize(stack.info);
  const mostUnderWay = Math.max(
    2,
    Math.min(model.batchesUnderWay, Math.floor(LIMITS.maxPixelsUnderWay / (perBatch * width * height))),
  );
  const { framesSeen } = model;
  const underWay: { index: number; count: number; predictions: Promise<Prediction[]> }[] = [];
  const knows = wanted.certainty && model.summary.trainedOn !== undefined;
  const key = recording ?? newRecording();
  let next = first;
  if (recording === undefined && knows && first < end) {
    await judgeBefore(model, stack, wanted, { first: judgedFrom(first), end: first }, key);
  }
  try {
    while (next < end || underWay.length > 0) {
      while (next < end && underWay.length < mostUnderWay) {
        throwIfCancelled(signal);
        const stop = Math.min(end, next + perBatch);
        const range = { first: next, end: stop, frames: stack.info.frames };
        const batch = await readBatch(stack, next, stop, neighboursOf(range, framesSeen));
        const predictions = model.predict(withParts(batch, key, next, stop), wanted);
        // A later batch may fail while an earlier one is awaited. Its error is thrown when its turn
        // comes.
        predictions.catch(() => undefined);
        underWay.push({ index: next, count: stop - next, predictions });
        next = stop;
      }
      const { index, count, predictions } = underWay.shift()!;
      const named = predictions.catch(async (error: unknown) => {
        if ((count > 1 || framesSeen > 1) && mayBeFrames(error)) {
          const range = { first: index, end: index + count, frames: stack.info.frames };
          const { before, after } = neighboursOf(range, framesSeen);
          const [start, stop] = [index - before, index + count + after];
          await findBadFrame(model, stack.frames(start, stop), wanted, (i) =>
            framesPlace(stack.path, start + i),
          );
        }
        throw atPlace(error, framesPlace(stack.path, index, count));
      });
      const results = await untilCancelled(named, signal);
      for (const [i, prediction] of results.entries()) {
        throwIfCancelled(signal);
        const { certainty } = prediction;
        yield {
          ...{ ...prediction, index: index + i, width, height },
          ...(certainty && { certainty: withReason(certainty, unlike) }),
        };
      }
    }
  } finally {
    // A server may answer late, or never.
    if (!signal?.aborted) await Promise.allSettled(underWay.map(({ predictions }) => predictions));
  }
}

/**
 * Counts frames for what holds for those after them. Frames that cannot be counted are passed over:
 * nobody asked for them.
 */
async function judgeBefore(
  model: LoadedModel,
  stack: StackReader,
  wanted: Wanted,
  { first, end }: FrameRange,
  recording: number,
): Promise<void> {
  const perBatch = batchSize(stack.info);
  for (let next = first; next < end; next += perBatch) {
    const stop = Math.min(end, next + perBatch);
    try {
      const batch = await readBatch(stack, next, stop, { before: 0, after: 0 });
      await model.predict(withParts(batch, recording, next, stop), { ...wanted, density: false });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}

function withParts(batch: FrameBatch, recording: number, first: number, end: number): FrameBatch {
  return { ...batch, parts: [{ recording, first, frames: end - first }] };
}

/** Reads frames `first` up to but not including `end`, and the wanted frames around them. */
async function readBatch(
  stack: StackReader,
  first: number,
  end: number,
  neighbours: Neighbours,
): Promise<FrameBatch> {
  const { width, height, pixelType }: StackInfo = stack.info;
  const start = first - neighbours.before;
  const count = end + neighbours.after - start;
  const pixels = new PIXEL_TYPES[pixelType].array(count * width * height);
  for (let i = 0; i < count; i++) {
    const frame = await stack.read(start + i);
    pixels.set(frame.pixels, i * width * height);
  }
  return { width, height, count, pixels, neighbours };
}
