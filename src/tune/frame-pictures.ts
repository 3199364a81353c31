import type { Frame } from "../frames/frame.js";
import { greyImage, percentileRange, type RgbaImage } from "../picture/image.js";

/** Pictures of a recording and of its simulation, to be compared side by side. */
export interface FramePictures {
  recording: RgbaImage[];
  simulation: RgbaImage[];
}

/**
 * Pictures of the first frames, all with the recording's contrast.
 * @param shown most frames of each
 */
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
