import { InputError } from "../base/errors.js";
import { LIMITS } from "../base/limits.js";

/**
 * Refuses frames that are empty or too large, before any memory is taken for them.
 * @param subject the frame, or the file that it is in, for the message
 * @throws InputError INPUT_SIZE
 */
export function checkFrameSize(subject: string, width: number, height: number): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  const fits =
    width <= LIMITS.maxFrameSide && height <= LIMITS.maxFrameSide && width * height <= LIMITS.maxFramePixels;
  if (whole && fits) return;
  throw new InputError("INPUT_SIZE", {
    subject,
    expected: `1 to ${LIMITS.maxFrameSide} pixels a side and at most ${LIMITS.maxFramePixels} in all`,
    found: `${width} x ${height}`,
    advice: "Crop the stack.",
  });
}
