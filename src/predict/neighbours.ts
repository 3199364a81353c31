import type { Neighbours } from "./prediction.js";

/**
 * The frames that a model must see besides those that are counted.
 * A model that sees three at a time needs the frame before and the frame after. The first frame of
 * a stack is counted in the stack's first window and the last one in its last window: the other
 * frames of these windows are all on one side.
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
