import type { FramesShape } from "./nd-array.js";

/** Most bytes of the frames that are gathered in one pass through an array, and of one read. */
const BAND_BYTES = 67_108_864;
const READ_BYTES = 1_048_576;

/**
 * The bytes of single frames of an array in Fortran order, where the first index changes fastest.
 * A frame's values are spread over the whole array. So a band of consecutive frames is gathered in
 * one pass and kept until another band is asked for.
 * @param readAt reads bytes of the array's data
 * @returns the bytes of a frame, row by row. @param index from 0
 */
export function fortranFrames(
  { frames, height, width }: FramesShape,
  valueBytes: number,
  readAt: (offset: number, length: number) => Promise<Uint8Array>,
): (index: number) => Promise<Uint8Array> {
  const pixels = height * width;
  const frameBytes = pixels * valueBytes;
  const bandFrames = Math.min(frames, Math.max(1, Math.floor(BAND_BYTES / frameBytes)));
  // The values of one pixel in all frames lie together; pixels follow column by column.
  const runBytes = frames * valueBytes;
  const runsPerRead = Math.max(1, Math.floor(READ_BYTES / runBytes));

  const gather = async (first: number): Promise<Uint8Array> => {
    const count = Math.min(bandFrames, frames - first);
    const band = new Uint8Array(count * frameBytes);
    for (let run = 0; run < pixels; run += runsPerRead) {
      const runs = Math.min(runsPerRead, pixels - run);
      const bytes = await readAt(
        run * runBytes + first * valueBytes,
        (runs - 1) * runBytes + count * valueBytes,
      );
      for (let i = 0; i < runs; i++) {
        const [column, row] = [Math.floor((run + i) / height), (run + i) % height];
        let target = (row * width + column) * valueBytes;
        let source = i * runBytes;
        for (let frame = 0; frame < count; frame++) {
          for (let byte = 0; byte < valueBytes; byte++) band[target + byte] = bytes[source + byte]!;
          target += frameBytes;
          source += valueBytes;
        }
      }
    }
    return band;
  };

  let kept: { first: number; band: Promise<Uint8Array> } | undefined;
  return async (index) => {
    const first = index - (index % bandFrames);
    if (kept?.first !== first) kept = { first, band: gather(first) };
    const band = await kept.band;
    return band.slice((index - first) * frameBytes, (index - first + 1) * frameBytes);
  };
}
