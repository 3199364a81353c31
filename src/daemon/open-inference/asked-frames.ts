import { setImmediate as nextTurn } from "node:timers/promises";
import { ProtocolError } from "../../base/errors.js";
import { WIRE_LIMITS } from "../../base/limits.js";
import { plainText } from "../../base/plain-text.js";
import type { PixelType } from "../../frames/frame.js";
import { checkFrameSize } from "../../frames/frame-size.js";
import { framesShape, toPixels } from "../../frames/nd-array.js";
import { NUMBER_TYPES, type NumberType, readNumbers } from "../../frames/number-types.js";
import type { Datatype } from "../../open-inference/datatypes.js";
import type { Tensor } from "../../open-inference/tensor.js";

/** The name of the input, as in exported models. */
export const FRAMES_INPUT = "frames";

/** The frames of a request. */
export interface AskedFrames {
  /** The input's shape: [H, W], [N, H, W] or [N, H, W, 1]. */
  shape: readonly number[];
  frames: number;
  width: number;
  height: number;
  pixelType: PixelType;
  /** The pixels of all frames, little-endian, one frame after the other. */
  bytes: Uint8Array;
}

/** NumPy's codes of datatypes that frames may have. The same types may be in files. */
const NUMPY_CODES: Partial<Record<Datatype, NumberType>> = {
  BOOL: "b1",
  UINT8: "u1",
  UINT16: "u2",
  UINT32: "u4",
  UINT64: "u8",
  INT8: "i1",
  INT16: "i2",
  INT32: "i4",
  INT64: "i8",
  FP16: "f2",
  FP32: "f4",
  FP64: "f8",
};

/** Values that are converted before others have a turn. */
const VALUES_IN_A_TURN = 1_048_576;

/** The one input of a request, as it was sent. */
export interface FramesInput {
  tensor: Tensor;
  code: NumberType;
  frames: number;
  width: number;
  height: number;
  pixelType: PixelType;
}

/**
 * Checks the inputs of a request.
 * @throws ProtocolError PROTOCOL_MESSAGE; InputError INPUT_SIZE
 */
export function framesInput(inputs: readonly Tensor[]): FramesInput {
  const [tensor] = inputs;
  if (inputs.length !== 1 || tensor?.name !== FRAMES_INPUT) {
    throw new ProtocolError("PROTOCOL_MESSAGE", {
      subject: "the inputs",
      expected: `one, named ${FRAMES_INPUT}`,
      found: plainText(inputs.map(({ name }) => name).join(", "), WIRE_LIMITS.maxClientName),
    });
  }
  const code = NUMPY_CODES[tensor.datatype];
  if (!code) {
    throw new ProtocolError("PROTOCOL_MESSAGE", {
      subject: `the datatype of input ${FRAMES_INPUT}`,
      expected: `one of ${Object.keys(NUMPY_CODES).join(", ")}`,
      found: tensor.datatype,
    });
  }
  const { frames, height, width } = framesShape(`input ${FRAMES_INPUT}`, tensor.shape);
  checkFrameSize(`input ${FRAMES_INPUT}`, width, height);
  return { tensor, code, frames, width, height, pixelType: NUMBER_TYPES[code].pixels };
}

/**
 * The pixels of an input: the bytes that came, where they are of a type that is counted, else
 * float32, converted in some turns of the event loop.
 * @throws InputError INPUT_PIXEL_VALUE for a number that float32 cannot hold
 */
export async function askedFrames(input: FramesInput): Promise<AskedFrames> {
  const { tensor, code, ...size } = input;
  const { shape, data } = tensor;
  const isPixels = code === "f4" || size.pixelType !== "float32";
  return { ...size, shape, bytes: isPixels ? data : await converted(data, code) };
}

async function converted(data: Uint8Array, code: NumberType): Promise<Uint8Array> {
  const { bytes } = NUMBER_TYPES[code];
  const values = new Float32Array(data.byteLength / bytes);
  for (let start = 0; start < values.length; start += VALUES_IN_A_TURN) {
    const part = data.subarray(start * bytes, (start + VALUES_IN_A_TURN) * bytes);
    values.set(toPixels(readNumbers(code, true, part), `input ${FRAMES_INPUT}`), start);
    await nextTurn();
  }
  return new Uint8Array(values.buffer);
}
