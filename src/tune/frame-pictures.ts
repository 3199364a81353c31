import type { Frame } from "../frames/frame.js";
import { greyImage, percentileRange, type RgbaImage } from "../picture/image.js";

/** Frames of the recording and of the simulation of it, to be looked at side by side. */
export interface FramePictures {
  recording: RgbaImage[];
  simulation: RgbaImage[];
}

/** Pictures of the first frames, all with the contrast of the recording. @param shown of each at most */
export function framePictures(
  own: readonly Frame[],
  simulated: readonly Frame[],
  shown: number,
): FramePictures {
  const range = percentileRange(own[0]!.pixels);
  const pictures = (frames: readonly Frame[]) =>
    frames.slice(0, shown).map((frame) => greyImage(frame, range));
  return { recording: pictures(own), simulation: pictures(simulated) };
}
