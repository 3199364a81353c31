import "../base/int64.js";
import protobuf from "protobufjs/minimal.js";
import { type DefconError, fromPlainError, messageOf, ProtocolError, toPlainError } from "../base/errors.js";
import type { ModelOrigin } from "../base/home.js";
import { WIRE_LIMITS } from "../base/limits.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import type { PixelType } from "../frames/frame.js";
import type { WireIdentity } from "./frame-identity.js";
import { defcon } from "./generated/defcon.js";

/** Version of the protocol that this program speaks. It refuses others. */
export const PROTOCOL_VERSION = 1;

/** Messages as they are built. One member of the oneof is set. */
export type ClientMessage = Omit<defcon.ClientMessage.$Properties, "message" | "$unknowns">;
export type ServerMessage = Omit<defcon.ServerMessage.$Properties, "message" | "$unknowns">;

/**
 * A decoded part of a message.
 * proto3 gives every field a value, except messages and `optional` ones, which only the settings of
 * a training, frames and their answers have. Bytes are views into the received message.
 */
export type Filled<T> = T extends Uint8Array
  ? T
  : T extends (infer Element)[]
    ? Filled<Element>[]
    : T extends object
      ? { [Key in keyof T as Key extends `$${string}` ? never : Key]-?: Filled<NonNullable<T[Key]>> }
      : T;

/** A decoded envelope. `message` names the only member of the oneof that is there. */
type Received<Envelope> = { message: string } & {
  [Key in keyof Envelope]?: Filled<NonNullable<Envelope[Key]>>;
};

export type ReceivedClientMessage = Received<ClientMessage>;
export type ReceivedServerMessage = Received<ServerMessage>;

/** Parts of messages. */
export type WireModel = Filled<defcon.Model.$Properties>;
export type WireError = defcon.Error.$Properties;
export type OpenStream = Filled<defcon.OpenStream.$Properties>;
export type WireFrame = Omit<Filled<defcon.Frame.$Properties>, "identity" | "slot"> & {
  /** Absent where the client says nothing of the frame. */
  identity?: WireIdentity | null;
  /** Absent where the pixels are in the message. */
  slot?: number | null;
};

/** A frame's certainty in the form of this program. */
export function certaintyFromWire(
  certainty: defcon.Certainty.$Properties | null | undefined,
): FrameCertainty | undefined {
  if (!certainty) return undefined;
  const { countError = 0, maxLocalCountError, away = 0, unlike = "" } = certainty;
  return {
    ...{ countError: countError ?? 0, away: away ?? 0, unlike: unlike ?? "" },
    ...(typeof maxLocalCountError === "number" && { maxLocalCountError }),
  };
}

/** Numbers of the pixel types on the wire. */
const PIXEL_TYPE_NUMBERS: Record<PixelType, defcon.PixelType> = {
  uint8: defcon.PixelType.UINT8,
  uint16: defcon.PixelType.UINT16,
  float32: defcon.PixelType.FLOAT32,
};

export function pixelTypeToWire(type: PixelType): defcon.PixelType {
  return PIXEL_TYPE_NUMBERS[type];
}

/** The pixel type with a number on the wire; undefined for an unknown number. */
export function pixelTypeFromWire(number: number): PixelType | undefined {
  return (Object.keys(PIXEL_TYPE_NUMBERS) as PixelType[]).find((type) => PIXEL_TYPE_NUMBERS[type] === number);
}

/** Numbers of the models' origins on the wire. */
const MODEL_ORIGIN_NUMBERS: Record<ModelOrigin, defcon.ModelOrigin> = {
  installed: defcon.ModelOrigin.INSTALLED,
  shipped: defcon.ModelOrigin.SHIPPED,
  given: defcon.ModelOrigin.GIVEN,
};

export function modelOriginToWire(origin: ModelOrigin): defcon.ModelOrigin {
  return MODEL_ORIGIN_NUMBERS[origin];
}

export function encodeClientMessage(message: ClientMessage): Uint8Array {
  if (!message.frame?.pixels?.length) return defcon.ClientMessage.encode(message).finish();
  const { pixels, identity, ...before } = message.frame;
  const after = identity ? defcon.Frame.encode({ identity }).finish() : undefined;
  return withPayload(FIELDS.frame, defcon.Frame.encode(before).finish(), FIELDS.pixels, pixels, after);
}

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  if (!message.result?.density?.length) return defcon.ServerMessage.encode(message).finish();
  const { stream = 0, sequence = 0, count = 0, maxLocalCount = 0, density, ...rest } = message.result;
  const before = defcon.Result.encode({ stream, sequence, count, maxLocalCount }).finish();
  const after = defcon.Result.encode(rest).finish();
  return withPayload(FIELDS.result, before, FIELDS.density, density, after);
}

/** Field numbers in defcon.proto: of the envelopes' members with pixels or maps, and of these. */
const FIELDS = { frame: 3, pixels: 3, result: 3, density: 5 } as const;
/** Protocol buffers' wire type for what begins with its length. */
const LENGTH_DELIMITED = 2;
const START_GROUP = 3;

/**
 * Encodes an envelope around a message with a large field, with one copy of that field.
 * protobufjs' writer grows and moves its buffer around such a field, which costs four copies and as
 * many new buffers.
 */
function withPayload(
  member: number,
  before: Uint8Array,
  field: number,
  payload: Uint8Array,
  after: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const payloadHead = fieldHead(field, payload.length);
  const length = before.length + payloadHead.length + payload.length + after.length;
  return Buffer.concat([fieldHead(member, length), before, payloadHead, payload, after]);
}

function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | LENGTH_DELIMITED)
    .uint32(length)
    .finish();
}

/**
 * Decodes a message to the daemon.
 * @throws ProtocolError PROTOCOL_MESSAGE when the bytes are no message, or one without content;
 * PROTOCOL_LIMIT for a long message that is not a frame
 */
export function decodeClientMessage(bytes: Uint8Array): ReceivedClientMessage {
  checkLength(bytes);
  return decode(() => defcon.ClientMessage.decode(bytes), bytes.length) as ReceivedClientMessage;
}

/**
 * Decodes a message to a client.
 * @throws ProtocolError PROTOCOL_MESSAGE when the bytes are no message, or one without content
 */
export function decodeServerMessage(bytes: Uint8Array): ReceivedServerMessage {
  return decode(() => defcon.ServerMessage.decode(bytes), bytes.length) as ReceivedServerMessage;
}

/** Most fields of a long frame: its own four, and some of a newer client's. */
const MAX_FRAME_FIELDS = 16;

/**
 * Checks that a long message is a frame, before anything of it is decoded.
 * A decoded field takes a hundred times its bytes: a message of many small ones would fill the
 * memory.
 */
function checkLength(bytes: Uint8Array): void {
  if (bytes.length <= WIRE_LIMITS.maxRequestBytes || isFrame(bytes)) return;
  throw new ProtocolError("PROTOCOL_LIMIT", {
    subject: "message",
    expected: `at most ${WIRE_LIMITS.maxRequestBytes} bytes, or one frame`,
    found: `${bytes.length} bytes`,
  });
}

/** Whether a message is one frame of few fields, and nothing else. */
function isFrame(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  try {
    if (reader.uint32() !== ((FIELDS.frame << 3) | LENGTH_DELIMITED)) return false;
    if (reader.uint32() !== bytes.length - reader.pos) return false;
    for (let fields = 0; reader.pos < bytes.length; fields++) {
      const type = reader.uint32() & 7;
      // Groups may have any number of fields inside. No version of the protocol has one.
      if (fields === MAX_FRAME_FIELDS || type === START_GROUP) return false;
      reader.skipType(type);
    }
    return true;
  } catch {
    return false;
  }
}

function decode(
  read: () => { message?: string | undefined },
  length: number,
): { message?: string | undefined } {
  let found = `${length} bytes without a message that is known here`;
  try {
    const message = read();
    if (message.message !== undefined) return message;
  } catch (error) {
    found = messageOf(error);
  }
  throw new ProtocolError("PROTOCOL_MESSAGE", {
    subject: "message",
    expected: "a message of defcon.proto",
    found,
    advice: "Update both sides to the same version.",
  });
}

/** An error in the form of the wire. */
export function errorToWire(
  error: unknown,
  about: Pick<WireError, "stream" | "sequence" | "aboutFrame" | "identity" | "fatal" | "request"> = {},
): WireError {
  const plain = fromPlainError(toPlainError(error));
  return { code: plain.code, message: plain.message, advice: plain.advice, ...about };
}

/** The error, of the right class, that came over the wire. */
export function errorFromWire({ code, message, advice }: WireError): DefconError {
  const words = message ?? "";
  const subject =
    advice && words.endsWith(advice) ? words.slice(0, -advice.length).replace(/[. ]+$/, "") : words;
  return fromPlainError({ code: code ?? "", trouble: { subject, ...(advice && { advice }) } });
}
