import { DefconError, type ErrorCode } from "../base/errors.js";
import type { Frame } from "../frames/frame.js";
import { batchOf } from "./frame-batches.js";
import type { LoadedModel } from "./loaded-model.js";
import type { Wanted } from "./prediction.js";

/** The same error, with the place that it came from in front. */
export function atPlace(error: unknown, place: string): unknown {
  if (!(error instanceof DefconError)) return error;
  const ErrorClass = error.constructor as typeof DefconError;
  return new ErrorClass(error.code, { ...error.trouble, subject: `${place}: ${error.trouble.subject}` });
}

/** Whether a batch may have failed for one of its frames: not if cancelled, nor by a server. */
export function mayBeFrames(error: unknown): boolean {
  return error instanceof DefconError && !NOT_FRAMES.includes(error.code);
}

const NOT_FRAMES: readonly ErrorCode[] = ["CANCELLED", "ENGINE_SERVER", "ENGINE_SERVER_MODEL"];

/**
 * Counts the frames of a failed batch one by one, without neighbours: the batch does not tell which
 * frame is bad.
 * @param placeOf what messages call a frame; frames are numbered from 0
 * @throws the error of the first frame that fails by itself, with its place in front
 */
export async function findBadFrame(
  model: LoadedModel,
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  wanted: Wanted,
  placeOf: (index: number) => string,
): Promise<void> {
  let index = 0;
  for await (const frame of frames) {
    const place = placeOf(index++);
    await model.predict(batchOf([frame]), wanted).catch((error: unknown) => {
      throw atPlace(error, place);
    });
  }
}

/** What messages call frames of a stack. @param index of the first one, from 0 */
export function framesPlace(path: string, index: number, count = 1): string {
  const frames = count === 1 ? `frame ${index + 1}` : `frames ${index + 1} to ${index + count}`;
  return `${path}, ${frames}`;
}
