import type { Neighbours } from "./prediction.js";

/**
 * The frames that a model must be shown besides those that are counted: for one that sees three at a time, the frame before and the one after. The first and the last frame of a stack are counted in the window
 * that they end, so that their window's other frames are both on one side.
 * @param range frames `first` up to but not including `end` of a stack of `frames`
 * @param framesSeen by the model at a time
 */
export function neighboursOf(
  { first, end, frames }: { first: number; end: number; frames: number },
  framesSeen: number,
): Neighbours {
  const reach = (framesSeen - 1) / 2;
  const lacking = (have: number) => Math.max(0, framesSeen - (end - first) - have);
  const before = Math.min(first, Math.max(reach, lacking(Math.min(reach, frames - end))));
  const after = Math.min(frames - end, Math.max(reach, lacking(before)));
  return { before, after };
}
