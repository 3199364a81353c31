import { InputError, ModelFormatError, ProtocolError } from "../../base/errors.js";
import { LIMITS, WIRE_LIMITS } from "../../base/limits.js";
import type { PixelType } from "../../frames/frame.js";
import { checkFrameSize } from "../../frames/frame-size.js";
import { type OpenStream, pixelTypeFromWire } from "../../protocol/codec.js";

/**
 * Checks a request for a stream as far as this needs no model.
 * @returns the type of its frames' pixels
 * @throws ProtocolError PROTOCOL_STREAM; InputError INPUT_SIZE, INPUT_PIXEL_TYPE; ModelFormatError
 * MODEL_NOT_FOUND
 */
export function checkStreamRequest(request: OpenStream): PixelType {
  if (request.stream === 0)
    throw new ProtocolError("PROTOCOL_STREAM", { subject: "stream 0", expected: "a number above 0" });
  if (request.model.length > WIRE_LIMITS.maxTrainingText) throw longName(request.model.length);
  checkFrameSize("frame", request.width, request.height);
  checkReply(request);
  const pixelType = pixelTypeFromWire(request.pixelType);
  if (pixelType) return pixelType;
  throw new InputError("INPUT_PIXEL_TYPE", {
    subject: `stream ${request.stream}`,
    expected: "UINT8, UINT16 or FLOAT32",
    found: `pixel type ${request.pixelType}`,
    advice: "In Fiji: Image > Type > 16-bit.",
  });
}

function longName(found: number): ModelFormatError {
  return new ModelFormatError("MODEL_NOT_FOUND", {
    subject: "model",
    expected: `a name or path of at most ${WIRE_LIMITS.maxTrainingText} characters`,
    found: `one of ${found}`,
  });
}

/** Checks that a map fits into a message, where maps are sent back. */
function checkReply({ width, height, sendDensity }: OpenStream): void {
  const bytes = 4 * width * height;
  if (!sendDensity || bytes <= WIRE_LIMITS.maxMessageBytes - 1024) return;
  throw new InputError("INPUT_SIZE", {
    subject: "frame",
    expected: `a density map of at most ${WIRE_LIMITS.maxMessageBytes} bytes`,
    found: `${bytes} bytes (${width} x ${height})`,
    advice: `Crop the stack, or count it with defcon-fiji predict, which takes ${LIMITS.maxFramePixels} pixels.`,
  });
}
